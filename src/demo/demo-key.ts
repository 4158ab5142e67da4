import ssh2 from 'ssh2';

/** A key pair in OpenSSH's form. */
export interface DemoKey {
  readonly private: string;
  readonly public: string;
}

const maxAttempts = 20;

/**
 * Makes an Ed25519 key pair. The library cuts off leading zero bytes of the public half, so one key of 256 is broken as
 * it makes it: such a one is made again.
 *
 * @param generate Makes a pair that may be broken. Default: that of the library.
 */
export function makeDemoKey(
  generate: () => DemoKey = () => ssh2.utils.generateKeyPairSync('ed25519'),
): DemoKey {
  for (let attempt = 1; ; attempt++) {
    const key = generate();
    const broken = [key.private, key.public].map((half) => ssh2.utils.parseKey(half)).find(isError);
    if (broken === undefined) return key;
    if (attempt === maxAttempts) throw broken;
  }
}

function isError(value: unknown): value is Error {
  return value instanceof Error;
}
