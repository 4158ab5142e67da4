/** Text that cannot be split: a quote without its end, or a backslash at the end. */
export class ShellWordsError extends Error {
  override readonly name = 'ShellWordsError';
}

const piece = /(\s+)|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)/y;

/**
 * Splits text into words as a POSIX shell does, quotes and backslashes resolved, with no expansion of any kind
 * (Python's `shlex.split`).
 *
 * @throws ShellWordsError when a quote is not closed.
 */
export function splitShellWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  piece.lastIndex = 0;
  while (piece.lastIndex < text.length) {
    const rest = text[piece.lastIndex];
    const match = piece.exec(text);
    if (match === null)
      throw new ShellWordsError(rest === '\\' ? 'the text ends in a backslash' : `a ${rest} is not closed`);
    const [, space, single, double, escaped, bare] = match;
    if (space !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    word = (word ?? '') + (single ?? double?.replace(/\\(["\\$`\n])/g, '$1') ?? escaped ?? bare ?? '');
  }
  if (word !== undefined) words.push(word);
  return words;
}
