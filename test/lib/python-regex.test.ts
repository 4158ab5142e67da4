import { describe, expect, it } from 'vitest';
import { compilePythonRegex, expandPythonReplacement, PythonRegexError } from '../../src/lib/python-regex.ts';

const match = (pattern: string, text: string, flags = {}) =>
  compilePythonRegex(pattern, flags).exec(text)?.[0];

describe('a pattern of Python', () => {
  it.each([
    ['(?P<key>\\w+)=(?P=key)', 'a=b x=x', 'x=x'],
    ['(?i)ABC', 'xabc', 'abc'],
    ['\\Ab', 'ab', undefined],
    ['b\\Z', 'b\n', undefined],
    ['b$', 'b\n', 'b'],
    ['a{,2}b', 'aaab', 'aab'],
    ['{x}', '{x}', '{x}'],
    ['[]x]+', ']x]', ']x]'],
    ['[\\w-]+', 'a-b', 'a-b'],
    ['[a\\-z]+', '-z', '-z'],
    ['[.*]+', '.*', '.*'],
    ["\\'\\-\\ \\#", "'- #", "'- #"],
    ['(?#comment)a', 'a', 'a'],
    ['(?x) a  # first\n b', 'ab', 'ab'],
    ['(?m)^b$', 'a\nb\nc', 'b'],
    ['\\x41\\u0042\\103', 'ABC', 'ABC'],
    ['a/b', 'a/b', 'a/b'],
    ['[^]]+', 'ab]', 'ab'],
    ['[[]x', '[x', '[x'],
  ])('%s on %j matches %j', (pattern, text, expected) => {
    expect(match(pattern, text)).toBe(expected);
  });

  it.each(['(', '[a', 'a\\', '(?P<1>x)', '\\y'])('is refused when malformed: %s', (pattern) => {
    expect(() => compilePythonRegex(pattern)).toThrow(PythonRegexError);
  });
});

describe('a replacement of Python', () => {
  const found = compilePythonRegex('(?P<first>a)(b)?(c)').exec('ac');

  it('gives groups by number and by name, absent ones as nothing', () => {
    expect(found).not.toBeNull();
    if (found === null) return;
    expect(expandPythonReplacement('[\\1][\\2][\\g<3>][\\g<first>][\\g<0>]\\n\\\\', found)).toBe(
      '[a][][c][a][ac]\n\\',
    );
  });

  it('refuses a group that does not exist', () => {
    expect(found === null ? '' : () => expandPythonReplacement('\\9', found)).toThrow(/group "9"/);
  });
});
