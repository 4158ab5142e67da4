/** One word of a text, quotes taken off. */
export interface ShellWord {
  readonly text: string;
  /** Where the word starts in the text, from 0. */
  readonly offset: number;
}

/** A text's words; or where a quote that is never closed stands, or a backslash with nothing behind it. */
export type WordReading =
  | { readonly words: readonly ShellWord[]; readonly unclosedAt?: undefined }
  | { readonly words?: undefined; readonly unclosedAt: number };

/** Text that cannot be split: a quote without its end, or a backslash at the end. */
export class ShellWordsError extends Error {
  override readonly name = 'ShellWordsError';
}

/**
 * Splits text into words as Python's `shlex` does: as a POSIX shell, quotes and backslashes resolved, without an
 * expansion of any kind. Inside of double quotes a backslash escapes a double quote and a backslash alone.
 *
 * @throws ShellWordsError when a quote is not closed, or a backslash ends the text.
 */
export function splitShellWords(text: string): string[] {
  const { words, unclosedAt } = readShellWords(text, { comments: false });
  if (words !== undefined) return words.map((word) => word.text);
  const found = text.charAt(unclosedAt);
  throw new ShellWordsError(found === '\\' ? 'the text ends in a backslash' : `a ${found} is not closed`);
}

/**
 * The same, with the place of each word.
 *
 * @param comments whether an unquoted `#` at the start of a word, or inside one, ends the text
 */
export function readShellWords(text: string, options: { readonly comments: boolean }): WordReading {
  const words: ShellWord[] = [];
  let at = 0;
  while (at < text.length) {
    while (/\s/.test(text.charAt(at))) at++;
    if (at >= text.length || (options.comments && text.charAt(at) === '#')) break;
    const word = readWord(text, at, options.comments);
    if (word.unclosedAt !== undefined) return { unclosedAt: word.unclosedAt };
    words.push({ text: word.text, offset: at });
    if (word.comment) break;
    at = word.end;
  }
  return { words };
}

interface WordEnd {
  readonly text: string;
  readonly end: number;
  readonly comment: boolean;
  readonly unclosedAt?: number;
}

function readWord(line: string, start: number, comments: boolean): WordEnd {
  let text = '';
  let at = start;
  for (; at < line.length && !/\s/.test(line.charAt(at)); at++) {
    const character = line.charAt(at);
    if (comments && character === '#') return { text, end: at, comment: true };
    if (character === "'" || character === '"') {
      const quoted = readQuoted(line, at);
      if (quoted === undefined) return { text, end: at, comment: false, unclosedAt: at };
      text += quoted.text;
      at = quoted.end;
    } else if (character === '\\') {
      if (at + 1 >= line.length) return { text, end: at, comment: false, unclosedAt: at };
      at++;
      text += line.charAt(at);
    } else {
      text += character;
    }
  }
  return { text, end: at, comment: false };
}

/** A quoted stretch, and the offset of its closing quote. */
function readQuoted(line: string, start: number): { text: string; end: number } | undefined {
  const quote = line.charAt(start);
  let text = '';
  for (let at = start + 1; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === quote) return { text, end: at };
    const next = line.charAt(at + 1);
    if (character === '\\' && quote === '"' && (next === '"' || next === '\\')) {
      text += next;
      at++;
    } else {
      text += character;
    }
  }
  return undefined;
}
