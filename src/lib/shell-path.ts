import { shellQuote } from './shell-quote.ts';

/**
 * A path of the host as one word of shell code. As Ansible does, a leading `~` or `~user` is the home directory, and
 * `$NAME` or `${NAME}` (capitals only) is that variable of the session where it is set, itself where it is not.
 * Nothing else in the path is special to the shell.
 *
 * @throws RangeError when the path holds a NUL.
 */
export function shellPath(path: string): string {
  if (path.includes('\0')) throw new RangeError('a path cannot hold a NUL byte');
  // Its slash stays outside the quotes: a quoted one would make the tilde a letter.
  const home = /^~([A-Za-z_][A-Za-z0-9_.-]*)?(\/|$)/.exec(path)?.[0] ?? '';
  const parts = path.slice(home.length).split(/(\$[A-Z][A-Z0-9_]*|\$\{[A-Z][A-Z0-9_]*\})/);
  const words = parts.map((part, index) => {
    if (index % 2 === 1) return variable(part);
    return part === '' ? '' : shellQuote(part);
  });
  return home + words.join('') || "''";
}

function variable(written: string): string {
  const name = written.replace(/[${}]/g, '');
  return `"\${${name}-${written.replace(/[$}]/g, '\\$&')}}"`;
}
