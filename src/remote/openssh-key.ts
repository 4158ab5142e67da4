import { createDecipheriv } from 'node:crypto';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

const magic = 'openssh-key-v1\0';

/** Ciphers that OpenSSH uses for private keys: sizes of key and IV in bytes. */
const ciphers: Readonly<
  Record<string, { readonly name: string; readonly keyBytes: number; readonly ivBytes: number }>
> = {
  'aes256-ctr': { name: 'aes-256-ctr', keyBytes: 32, ivBytes: 16 },
  'aes256-cbc': { name: 'aes-256-cbc', keyBytes: 32, ivBytes: 16 },
  'aes192-ctr': { name: 'aes-192-ctr', keyBytes: 24, ivBytes: 16 },
  'aes128-ctr': { name: 'aes-128-ctr', keyBytes: 16, ivBytes: 16 },
};

/** How long the derivation of a key may take. */
const derivationTimeoutMs = 60_000;

/**
 * Unlocks a private key in OpenSSH's format. The derivation (bcrypt, half a second of CPU) runs in a worker thread.
 *
 * @returns the same key unencrypted, as text; undefined when it is of another format or cipher, or no worker can do
 * it here: the key has to be unlocked in another way then. A wrong passphrase gives text that is no key.
 */
export async function decryptOpenSshKey(text: string, passphrase: string): Promise<string | undefined> {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)-----END/.exec(text)?.[1];
  if (body === undefined) return undefined;
  const blob = Buffer.from(body, 'base64');
  if (blob.toString('latin1', 0, magic.length) !== magic) return undefined;
  const reader = new Reader(blob, magic.length);
  const cipher = ciphers[reader.text()];
  const kdf = reader.text();
  const kdfOptions = new Reader(reader.bytes(), 0);
  const count = reader.number();
  const publicKey = reader.bytes();
  const encrypted = reader.bytes();
  if (cipher === undefined || kdf !== 'bcrypt' || count !== 1) return undefined;
  const salt = kdfOptions.bytes();
  const rounds = kdfOptions.number();
  const derived = await deriveInWorker({
    passphrase,
    salt,
    rounds,
    length: cipher.keyBytes + cipher.ivBytes,
  });
  if (derived === undefined) return undefined;
  const key = derived.subarray(0, cipher.keyBytes);
  const decipher = createDecipheriv(cipher.name, key, derived.subarray(cipher.keyBytes)).setAutoPadding(
    false,
  );
  const plain = Buffer.concat([decipher.update(encrypted), decipher.final()]);
  const open = Buffer.concat([
    Buffer.from(magic),
    field(Buffer.from('none')),
    field(Buffer.from('none')),
    field(Buffer.alloc(0)),
    uint32(1),
    field(publicKey),
    field(plain),
  ]);
  const lines = open.toString('base64').match(/.{1,70}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

interface Derivation {
  readonly passphrase: string;
  readonly salt: Uint8Array;
  readonly rounds: number;
  readonly length: number;
}

/** The worker is given the path of the package, so that the same code runs from source and from a bundle. */
const workerCode = `
const { parentPort, workerData } = require('node:worker_threads');
const { pbkdf } = require(workerData.packagePath);
const { passphrase, salt, rounds, length } = workerData.derivation;
const out = new Uint8Array(length);
const word = new Uint8Array(Buffer.from(passphrase));
const rc = pbkdf(word, word.length, new Uint8Array(salt), salt.length, out, length, rounds);
parentPort.postMessage(rc === 0 ? out : undefined);
`;

async function deriveInWorker(derivation: Derivation): Promise<Buffer | undefined> {
  const packagePath = bcryptPath();
  if (packagePath === undefined) return undefined;
  const worker = new Worker(workerCode, {
    eval: true,
    workerData: { packagePath, derivation },
    execArgv: [],
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const bytes = await new Promise<Uint8Array | undefined>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error('late')), derivationTimeoutMs);
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => resolve(undefined));
    });
    return bytes === undefined ? undefined : Buffer.from(bytes);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

/** Where the bcrypt package of the SSH library lies, or undefined where packages are not installed beside us. */
function bcryptPath(): string | undefined {
  try {
    const fromHere = createRequire(import.meta.url);
    return createRequire(fromHere.resolve('ssh2')).resolve('bcrypt-pbkdf');
  } catch {
    return undefined;
  }
}

/** Reads SSH's wire format. */
class Reader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  number(): number {
    this.#at += 4;
    return this.#bytes.readUInt32BE(this.#at - 4);
  }

  bytes(): Buffer {
    const length = this.number();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  text(): string {
    return this.bytes().toString('latin1');
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function field(bytes: Buffer): Buffer {
  return Buffer.concat([uint32(bytes.length), bytes]);
}
