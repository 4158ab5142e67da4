/** Text as one word of a shell's, quoted where it must be, as Python's `shlex.quote` does. */
export function shellWord(text: string): string {
  if (text === '') return "''";
  if (/^[\w@%+=:,./-]+$/.test(text) && !/[^\x00-\x7f]/.test(text)) return text;
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
