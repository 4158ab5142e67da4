import { compareSync } from 'bcryptjs';
import { describe, expect, it } from 'vitest';
import { evaluate, templateErrorOf } from './support.ts';

describe('the filter "password_hash"', () => {
  it('makes bcrypt hashes that its readers accept, in the form asked for', () => {
    const hash = String(evaluate("'pw' | password_hash('bcrypt', rounds=4)"));
    expect(hash).toMatch(/^\$2b\$04\$[./\w]{53}$/);
    expect(compareSync('pw', hash)).toBe(true);
    expect(evaluate("'pw' | password_hash('blowfish', rounds=4, ident='2y')")).toMatch(/^\$2y\$04\$/);
  });

  it('makes salts of the length asked for', () => {
    expect(evaluate("'pw' | password_hash('md5', salt_size=4)")).toMatch(/^\$1\$[./\w]{4}\$[./\w]{22}$/);
    expect(evaluate("'pw' | password_hash(salt_size=8)")).toMatch(/^\$6\$[./\w]{8}\$[./\w]{86}$/);
  });

  it.each([
    ["'pw' | password_hash('bcrypt', 'short')", /22 characters/],
    ["'pw' | password_hash('bcrypt', rounds=31)", /between 4 and 16/],
    ["'pw' | password_hash('bcrypt', ident='3')", /"ident" must be/],
    ["'pw' | password_hash('md5', 'far too long a salt')", /1 to 8 characters/],
    ["'pw' | password_hash('md5', 'salt', rounds=5)", /fixed number of rounds/],
    ["'pw' | password_hash('crypt16')", /does not support "crypt16"/],
    ["'pw' | password_hash(salt_size=[9])", /"salt_size" must be an integer/],
  ])('refuses %s', (expression, message) => {
    expect(templateErrorOf(() => evaluate(expression)).message).toMatch(message);
  });
});
