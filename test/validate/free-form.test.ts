import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readFreeForm } from '../../src/validate/free-form.ts';
import { splitWords } from '../../src/validate/split-words.ts';
import { seeded } from '../support/seeds.ts';

describe('words of free text', () => {
  test.each([
    ['a b', ['a', 'b']],
    ['  a\tb\n', ['a', 'b']],
    ['a "b c" d', ['a', '"b c"', 'd']],
    ["x='a b' y", ["x='a b'", 'y']],
    ['msg={{ a b }} c', ['msg={{ a b }}', 'c']],
    ['{% if a %}b c', ['{% if a %}b', 'c']],
    ['"{{ a "x" }} b" c', ['"{{ a "x" }} b"', 'c']],
    ['a\\ b', ['a\\ b']],
    ['', []],
  ])('%j is split into %j', (text, words) => {
    const split = splitWords(text);

    expect('open' in split ? split : split.map((word) => word.text)).toEqual(words);
  });

  test.each([
    ['a "b', '"'],
    ['{{ a', '}}'],
  ])('%j is left open', (text, open) => {
    expect(splitWords(text)).toEqual({ open });
  });

  test('every word is the stretch of text that it says', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ' ', '"', "'", '{', '}', '%', '\\', '=', '\n') }),
        (text) => {
          const split = splitWords(text);
          if ('open' in split) return;
          const between = split.map(({ start }, index) => text.slice(split[index - 1]?.end ?? 0, start));
          const tail = text.slice(split.at(-1)?.end ?? 0);

          expect(split.every((word) => word.text === text.slice(word.start, word.end))).toBe(true);
          expect([...between, tail].every((gap) => gap.trim() === '')).toBe(true);
        },
      ),
      seeded(100),
    );
  });
});

describe('key=value words', () => {
  test('quotes around a value go, escapes in it are read', () => {
    expect(readFreeForm('msg="a\\nb" x=\'c d\'', 'debug')).toEqual({
      params: { msg: 'a\nb', x: 'c d' },
      rest: '',
    });
  });

  test('only options of commands are taken out of a command', () => {
    expect(readFreeForm('FOO=bar make creates=/x all', 'shell')).toEqual({
      params: { creates: '/x' },
      rest: 'FOO=bar make all',
    });
    expect(readFreeForm('creates=/x executable=/bin/bash', 'raw')).toEqual({
      params: { executable: '/bin/bash' },
      rest: 'creates=/x',
    });
  });

  test('white space inside what is left stays as written', () => {
    expect(readFreeForm('echo "a  b"   c\n  d', 'shell')).toEqual({
      params: {},
      rest: 'echo "a  b"   c\n  d',
    });
  });
});
