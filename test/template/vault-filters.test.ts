import { describe, expect, it } from 'vitest';
import { vaultServices } from '../../src/load/vault-service.ts';
import { Secret, type Value } from '../../src/model/value.ts';
import { createTemplateEngine } from '../../src/template/engine.ts';

const engine = createTemplateEngine(vaultServices);

function evaluate(expression: string, values: Readonly<Record<string, Value>> = {}): Value {
  const scope = engine.createScope({
    layers: [{ source: 'facts', label: 'test', values, templated: false }],
  });
  return engine.evaluate(expression, scope);
}

describe('the filters "vault" and "unvault"', () => {
  it('encrypt and decrypt by a password; what was decrypted is a secret', () => {
    const sealed = evaluate("'top' | vault('pw', vaultid='prod')");
    expect(sealed).toMatch(/^\$ANSIBLE_VAULT;1\.2;AES256;prod\n[\da-f\n]+$/);
    const opened = evaluate("sealed | unvault('pw')", { sealed });
    expect(opened).toBeInstanceOf(Secret);
    expect((opened as Secret).reveal()).toBe('top');
  });

  it('encrypt alike under the same salt, and as ansible-vault names formats', () => {
    const first = evaluate("'top' | vault('pw', 'a salt', 'default')");
    expect(evaluate("'top' | vault('pw', salt='a salt', vaultid='default')")).toBe(first);
    expect(first).toMatch(/^\$ANSIBLE_VAULT;1\.1;AES256\n/);
    expect(evaluate("'top' | vault('pw')")).not.toBe(evaluate("'top' | vault('pw')"));
  });

  it('make a secret of what a secret password encrypts', () => {
    const password = new Secret('pw', 'password');
    expect(evaluate("'top' | vault(password)", { password })).toBeInstanceOf(Secret);
  });

  it('leave texts that are not encrypted, and refuse other passwords and damaged texts', () => {
    const sealed = evaluate("'top' | vault('pw')");
    expect(evaluate("'plain' | unvault('pw')")).toBe('plain');
    expect(() => evaluate("sealed | unvault('no')", { sealed })).toThrow(/^Unable to decrypt: .*password/);
    expect(() => evaluate("'$ANSIBLE_VAULT;1.1;AES256\n00' | unvault('pw')")).toThrow(/damaged/);
    expect(() => evaluate("[1] | vault('pw')")).toThrow(/"data" must be text/);
  });
});
