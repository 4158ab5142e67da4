import { shellQuote } from '../../lib/shell-quote.ts';

/** Checks that a Python is new enough. */
const checkVersion = 'import sys; sys.exit(sys.version_info < (3, 6))';

/** Interpreters that are looked for, in order. */
const usualPythons: readonly string[] = [
  'python3',
  '/usr/bin/python3',
  '/usr/local/bin/python3',
  '/usr/libexec/platform-python',
  'python',
  ...[13, 12, 11, 10, 9, 8, 7, 6].map((minor) => `python3.${minor}`),
];

/** Writes the files of a bundle below a folder; another step may do the same at the same time. */
const unpack = `import gzip, json, os, shutil, sys
source, target, spare = sys.argv[1:]
os.umask(0o77)
with gzip.open(source, 'rb') as packed:
    files = json.loads(packed.read().decode('utf-8'))
for name, text in files.items():
    path = os.path.join(spare, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as out:
        out.write(text.encode('latin-1'))
try:
    os.rename(spare, target)
except OSError:
    shutil.rmtree(spare)
    if not os.path.isdir(target):
        raise
`;

/** Shell code that prints the session's directory, a Python of version 3.6 or later or nothing, and whether a module is there. */
export function lookCode(hash: string, needsPython: boolean): string {
  const find = needsPython
    ? `if [ -s "$d/python" ]; then rb_read "$d/python"; p=\${rb_r%%"$rb_nl"*}
else for p in ${usualPythons.map(shellQuote).join(' ')} ''; do
[ -z "$p" ] || { command -v "$p" >/dev/null 2>&1 && "$p" -c ${shellQuote(checkVersion)} >/dev/null 2>&1 && break; }
done; [ -z "$p" ] || printf '%s\\n' "$p" >"$d/python"; fi`
    : 'p=';
  return `d=\${rb_data%/*}; rm -f -- "$rb_data"
${find}
h=no; [ ! -e "$d/module-${hash}" ] || h=yes
printf '%s\\n%s\\n%s\\n' "$d" "$p" "$h"`;
}

/** Shell code that unpacks the bundle that is its data. */
export function unpackCode(
  python: readonly string[],
  directory: string,
  hash: string,
  spare: string,
): string {
  const target = `${directory}/module-${hash}`;
  const words = [...python, '-c', unpack].map(shellQuote).join(' ');
  return `${words} "$rb_data" ${shellQuote(target)} ${shellQuote(`${directory}/${spare}`)}; r=$?; rm -f -- "$rb_data"; exit $r`;
}

/** Shell code that stores the program that is its data. */
export function storeProgramCode(directory: string, hash: string): string {
  const target = shellQuote(`${directory}/module-${hash}`);
  return `chmod 700 "$rb_data" && mv -f -- "$rb_data" ${target}`;
}

/** Shell code that stores a file of arguments, which is its data, for one run. */
export function storeArgumentsCode(path: string): string {
  return `chmod 600 "$rb_data" && mv -f -- "$rb_data" ${shellQuote(path)}`;
}
