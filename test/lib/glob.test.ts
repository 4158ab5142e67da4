import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globToRegExp, isGlob } from '../../src/lib/glob.ts';
import { seeded } from '../support/seeds.ts';

describe('a glob', () => {
  it.each([
    ['*', 'anything', true],
    ['web*', 'web', true],
    ['web*', 'aweb', false],
    ['a*b*c', 'aXbYc', true],
    ['web?', 'web1', true],
    ['web?', 'web', false],
    ['web[12]', 'web2', true],
    ['web[0-3]', 'web2', true],
    ['web[!0-3]', 'web2', false],
    ['web[!0-3]', 'web7', true],
    ['web[]]', 'web]', true],
    ['web[', 'web[', true],
    ['web[z-a]', 'webz', false],
    ['a.b', 'axb', false],
    ['a+(b)|c', 'a+(b)|c', true],
    ['[^a]', '^', true],
    ['w?b', 'w日b', true],
  ])('%s fits %s: %s', (glob, name, fits) => {
    expect(globToRegExp(glob).test(name)).toBe(fits);
  });

  it('is one only with a character that makes it one', () => {
    expect(['web1', 'a.b', 'a-b'].some(isGlob)).toBe(false);
    expect(['*', 'a?', '[a]'].every(isGlob)).toBe(true);
  });

  it('is made of any text, and a text without wildcards fits itself alone', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (glob, name) => {
        const fits = globToRegExp(glob).test(name);
        return isGlob(glob) || fits === (glob === name);
      }),
      seeded(100),
    );
  });

  it('with many stars in a row is no slower than with one', () => {
    expect(globToRegExp(`${'*'.repeat(1000)}x`).test('a'.repeat(10_000))).toBe(false);
  });
});
