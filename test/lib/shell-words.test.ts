import { describe, expect, test } from 'vitest';
import { readShellWords, ShellWordsError, splitShellWords } from '../../src/lib/shell-words.ts';

describe('text split into words', () => {
  test.each<[string, string[]]>([
    ['', []],
    ['  \t\n ', []],
    ['ls -l  /tmp', ['ls', '-l', '/tmp']],
    [`a'b c'"d e"f`, ['ab cd ef']],
    [`'' ""`, ['', '']],
    ['a\\ b \\\'c\\"', ['a b', `'c"`]],
    ['"a\\"b\\\\c"', ['a"b\\c']],
    ['"a\\$b\\`c\\nd"', ['a\\$b\\`c\\nd']],
    [`'a\\'`, ['a\\']],
    ['a\\\nb', ['a\nb']],
    ['a #b c#d', ['a', '#b', 'c#d']],
  ])('%j has the words %j', (text, words) => {
    expect(splitShellWords(text)).toEqual(words);
  });

  test('what is never closed is told', () => {
    expect(() => splitShellWords(`echo 'a`)).toThrow(new ShellWordsError("a ' is not closed"));
    expect(() => splitShellWords('echo "a\\"')).toThrow(new ShellWordsError('a " is not closed'));
    expect(() => splitShellWords('echo a\\')).toThrow(new ShellWordsError('the text ends in a backslash'));
  });

  test('a comment ends the text where comments are known; places are kept', () => {
    expect(readShellWords(`h1 a='x #y' # z`, { comments: true }).words).toEqual([
      { text: 'h1', offset: 0 },
      { text: 'a=x #y', offset: 3 },
    ]);
    expect(readShellWords('a#b c', { comments: true }).words).toEqual([{ text: 'a', offset: 0 }]);
    expect(readShellWords('a "b', { comments: true })).toEqual({ unclosedAt: 2 });
    expect(readShellWords('ab\\', { comments: true })).toEqual({ unclosedAt: 2 });
  });
});
