import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { LookupContext } from '../../src/execute/lookups/lookup.ts';
import { password } from '../../src/execute/lookups/password.ts';
import { readUndecrypted } from '../../src/execute/plain-file.ts';
import { Secret, type Value } from '../../src/model/value.ts';

const project = mkdtempSync(join(tmpdir(), 'passwords-'));
afterAll(() => rmSync(project, { recursive: true }));

const context: LookupContext = {
  projectDir: project,
  env: {},
  find: (path) => path,
  candidates: () => [],
  renderTemplate: (text) => text,
  variable: () => undefined,
  variableNames: () => [],
  matchHosts: () => [],
  readPlain: readUndecrypted,
  random: () => 0.5,
};

function passwordOf(term: string, options: Record<string, Value> = {}): string {
  const [found] = password([term], options, context);
  if (!(found instanceof Secret)) throw new Error('a password must be a secret');
  return found.reveal();
}

describe('the lookup password', () => {
  it('makes a password once and gives the stored one from then on', () => {
    const made = passwordOf('credentials/db length=12 chars=digits');
    expect(made).toMatch(/^\d{12}$/);
    expect(passwordOf('credentials/db')).toBe(made);
    expect(statSync(join(project, 'credentials', 'db')).mode & 0o777).toBe(0o600);
    expect(passwordOf('/dev/null length=7')).toHaveLength(7);
  });

  it('makes the password that Python makes of a seed', () => {
    expect(passwordOf('/dev/null', { length: 9, seed: 'here' })).toBe(':B4jI0m.w');
    expect(passwordOf('/dev/null seed=7 chars=digits,hexdigits')).toBe('892DdE54286D666a0850');
    expect(passwordOf('/dev/null', { seed: 42 })).toBe('86Kmhn6ry5L5zEKHPf2g');
    expect(passwordOf('/dev/null seed=42')).toBe('86Kmhn6ry5L5zEKHPf2g');
  });

  it('leaves quotes out of the characters, and takes two commas as a comma', () => {
    expect(passwordOf('/dev/null length=40', { chars: ["'", '"', 'x'] })).toBe('x'.repeat(40));
    expect(passwordOf('/dev/null length=60 chars=,,')).toBe(','.repeat(60));
  });

  it('gives the hash of the password with encrypt, and keeps its salt beside it', () => {
    const hash = passwordOf('web encrypt=sha512_crypt length=9');
    const line = readFileSync(join(project, 'web'), 'utf8');
    const [, plain = '', salt = ''] = /^(\S{9}) salt=(\S{16})\n$/.exec(line) ?? [];
    expect(hash.startsWith(`$6$${salt}$`)).toBe(true);
    expect(passwordOf('web encrypt=sha512_crypt')).toBe(hash);
    expect(passwordOf('web')).toBe(plain);
  });

  it('adds the salt to a password that was stored without one', () => {
    writeFileSync(join(project, 'old'), 'known\n');
    const hash = passwordOf('old', { encrypt: 'md5_crypt' });
    expect(readFileSync(join(project, 'old'), 'utf8')).toMatch(/^known salt=\S{8}\n$/);
    expect(passwordOf('old encrypt=md5_crypt')).toBe(hash);
  });

  it('stores the form of bcrypt, and reads the one that is stored', () => {
    writeFileSync(join(project, 'bcrypt'), 'known salt=abcdefghijklmnopqrstuu ident=2a\n');
    expect(passwordOf('bcrypt encrypt=bcrypt')).toMatch(/^\$2a\$12\$abcdefghijklmnopqrstu/);
  });

  it('refuses options and types that it does not know', () => {
    expect(() => passwordOf('x size=1')).toThrow(/"size" is not available/);
    expect(() => passwordOf('/dev/null encrypt=rot13')).toThrow(/does not support "rot13"/);
  });
});
