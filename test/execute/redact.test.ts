import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/execute/redact.ts';
import { Secret, Unsafe } from '../../src/model/value.ts';
import { seeded } from '../support/seeds.ts';

describe('a redactor', () => {
  it('masks a secret in each of its usual spellings, at every place in encoded text', () => {
    const alphabet = fc.constantFrom(...`abcXYZ019 '"\\/+&=$%.*[](){}|^?é\n`.split(''));
    fc.assert(
      fc.property(fc.array(alphabet, { minLength: 6, maxLength: 40 }), fc.string(), (letters, around) => {
        const text = letters.join('');
        fc.pre(text.trim().length >= 6 && !around.includes(text));
        const redactor = createRedactor([new Secret(text, 'pw')]);
        for (const written of [
          `${around}${text}${around}`,
          JSON.stringify({ a: text }),
          `'${text.replaceAll("'", `'\\''`)}'`,
          encodeURIComponent(text),
          Buffer.from(text).toString('base64'),
          Buffer.from(text).toString('hex'),
        ]) {
          const masked = redactor.text(written);
          expect(masked).toContain('‹pw›');
          expect(masked).not.toContain(text);
        }
      }),
      seeded(100),
    );
  });

  it('masks a secret inside longer base64 at each alignment', () => {
    const redactor = createRedactor([new Secret('correct horse battery', 'pw')]);
    for (const before of ['', 'a', 'ab', 'abc'])
      expect(redactor.text(Buffer.from(`${before}correct horse battery!`).toString('base64'))).toContain(
        '‹pw›',
      );
  });

  it('masks each long line of a secret of many lines', () => {
    const redactor = createRedactor([new Secret('-----BEGIN KEY-----\nAAAAB3NzaC1yc2E\nok\n', 'key')]);
    expect(redactor.text('line: AAAAB3NzaC1yc2E')).toBe('line: ‹key›');
    expect(redactor.text('all is ok')).toBe('all is ok');
  });

  it('leaves texts alone that are shorter than 6 characters', () => {
    const redactor = createRedactor([new Secret('root', 'pw')]);
    expect(redactor.text('user root')).toBe('user root');
  });

  it('masks in every part of a value, keys included, and names secrets that lie in it', () => {
    const redactor = createRedactor();
    redactor.add(new Secret('hunter2hunter2', 'pw'));
    const value = {
      list: ['x hunter2hunter2', 1, null],
      map: new Map([['hunter2hunter2', true]]),
      hunter2hunter2: new Unsafe('hunter2hunter2'),
      secret: new Secret('other', 'o'),
    };
    expect(redactor.value(value)).toEqual({
      list: ['x ‹pw›', 1, null],
      map: new Map([['‹pw›', true]]),
      '‹pw›': '‹pw›',
      secret: '‹o›',
    });
  });

  it('gives back the same object where there is nothing to mask', () => {
    const value = { a: ['b', { c: 1 }] };
    expect(createRedactor([new Secret('hunter2', 'pw')]).value(value)).toBe(value);
  });
});
