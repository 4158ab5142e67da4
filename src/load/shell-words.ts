/** One word of a line, quotes taken off. */
export interface ShellWord {
  readonly text: string;
  /** Where the word starts in the line, from 0. */
  readonly offset: number;
}

/** A line's words, or the offset of a quote that is never closed. */
export type WordReading =
  | { readonly words: readonly ShellWord[]; readonly unclosedAt?: undefined }
  | { readonly words?: undefined; readonly unclosedAt: number };

/**
 * Splits a line into words as a POSIX shell would, without expansions: quotes of both kinds, backslashes.
 *
 * @param comments whether an unquoted `#` at the start of a word, or inside one, ends the line
 */
export function splitShellWords(line: string, options: { readonly comments: boolean }): WordReading {
  const words: ShellWord[] = [];
  let at = 0;
  while (at < line.length) {
    while (/\s/.test(line.charAt(at))) at++;
    if (at >= line.length || (options.comments && line.charAt(at) === '#')) break;
    const word = readWord(line, at, options.comments);
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
