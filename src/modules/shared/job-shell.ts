import { shellQuote } from '../../lib/shell-quote.ts';
import type { ExecRequest } from '../../model/host.ts';

/** What a job is started with. */
export interface JobLaunch {
  /** Its directory, as a word of shell code. */
  readonly directory: string;
  readonly limitSeconds: number;
  /** Reads the command: an absolute path. */
  readonly shell: string;
  readonly command: string;
  /** One line that is kept beside the output. */
  readonly about: string;
  /** Stands in none of the texts. */
  readonly mark: string;
}

/** A command as the text of a script. */
export function jobCommand(command: ExecRequest['command']): string {
  return 'script' in command ? command.script : `exec ${command.argv.map(shellQuote).join(' ')}`;
}

/**
 * Runs a job and watches over its limit. `$1` is the directory, `$2` the limit in seconds, `$3` the shell, `$4` the umask.
 * The result's files are complete when `rc` is there. A watcher that finds `rc` signals nobody: the number may be another
 * process's by then.
 */
const runner = `d=$1 limit=$2 shell=$3
trap '' HUP
s=; ! command -v setsid >/dev/null 2>&1 || s=setsid
date +%s >"$d/start"
( trap - HUP; umask "$4"; exec $s "$shell" "$d/command" ) <"$d/stdin" >"$d/stdout" 2>"$d/stderr" &
c=$!
t=$c w=
[ -z "$s" ] || t=-$c
$s sh -c 'sleep "$2"; [ ! -e "$1/rc" ] || exit 0; : >"$1/over"; kill -TERM "$3"; sleep 5; [ -e "$1/rc" ] || kill -KILL "$3"' sh "$d" "$limit" "$t" </dev/null >/dev/null 2>&1 &
w=$!
wait "$c"; r=$?
date +%s >"$d/end"
echo "$r" >"$d/rc.new" && mv -f "$d/rc.new" "$d/rc"
{ [ -n "$s" ] && kill -TERM "-$w" || kill -TERM "$w"; } 2>/dev/null
`;

/** Shell code that starts a job, prints its directory and ends. Its standard input is the job's. */
export function jobLauncher(launch: JobLaunch): string {
  const { directory, limitSeconds, shell, command, about, mark } = launch;
  const file = (name: string, text: string) =>
    `cat >"$d/${name}" <<'${mark}' || exit 1\n${text.replace(/\n$/, '')}\n${mark}\n`;
  return [
    'm=$(umask); umask 077',
    `d=${directory}`,
    'mkdir -p -- "$d" && cat >"$d/stdin" || exit 1',
    `${file('about', about)}${file('command', command)}${file('run', runner)}s=; ! command -v setsid >/dev/null 2>&1 || s=setsid`,
    `$s sh "$d/run" "$d" ${limitSeconds} ${shellQuote(shell)} "$m" </dev/null >/dev/null 2>&1 &`,
    'echo $! >"$d/pid" || exit 1',
    'printf %s "$d"',
    '',
  ].join('\n');
}

/**
 * Shell code that tells how a job stands: `running`, `lost`, `none` or `done RC START END [over]`, then its directory, what
 * was kept of it and, of one that is done, its output on both streams.
 */
export function jobReader(directory: string): string {
  return `d=${directory}
if [ ! -d "$d" ]; then echo none
else
 s=running
 if [ ! -e "$d/rc" ] && [ -s "$d/pid" ] && ! kill -0 "$(cat "$d/pid")" 2>/dev/null; then s=lost; fi
 if [ -e "$d/rc" ]; then
  o=; [ ! -e "$d/over" ] || o=over
  echo "done $(cat "$d/rc") $(cat "$d/start") $(cat "$d/end") $o"; echo "$d"; cat "$d/about" "$d/stdout"; cat "$d/stderr" >&2
 else echo "$s"; echo "$d"; fi
fi
`;
}
