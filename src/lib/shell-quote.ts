/**
 * Quotes text as one word for a POSIX shell. The text may hold anything but NUL.
 *
 * @throws RangeError when the text holds a NUL, which no shell word can.
 */
export function shellQuote(text: string): string {
  if (text.includes('\0')) throw new RangeError('a shell word cannot hold a NUL byte');
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
