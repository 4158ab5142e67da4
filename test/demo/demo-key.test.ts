import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import { makeDemoKey } from '../../src/demo/demo-key.ts';

const brokenKey = { private: 'no key', public: 'ssh-ed25519 AAAA' };

describe('a key of the embedded fleet', () => {
  it('is made again where the library made a broken one', () => {
    let made = 0;
    const key = makeDemoKey(() => {
      made += 1;
      return made < 3 ? brokenKey : ssh2.utils.generateKeyPairSync('ed25519');
    });
    expect(made).toBeGreaterThanOrEqual(3);
    expect(ssh2.utils.parseKey(key.private)).not.toBeInstanceOf(Error);
  });

  it('is given up, with the reason, where every one is broken', () => {
    expect(() => makeDemoKey(() => brokenKey)).toThrow(/key/i);
  });
});
