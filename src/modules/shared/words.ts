import { ShellWordsError, splitShellWords } from '../../lib/shell-words.ts';

/** The words of a command line, or why it cannot be split, as a message. */
export function wordsOf(text: string): readonly string[] | string {
  try {
    return splitShellWords(text);
  } catch (error) {
    if (error instanceof ShellWordsError) return `the command cannot be split into words: ${error.message}`;
    throw error;
  }
}
