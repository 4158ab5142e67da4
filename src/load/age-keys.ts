import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';

/** A private key of age as `age-keygen` writes it, ready for use. */
export interface AgeIdentity {
  readonly key: KeyObject;
  readonly publicKey: Buffer;
}

const letters = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const keyPattern = /AGE-SECRET-KEY-1[0-9A-Z]+/gi;
const keyBytes = 32;
const privatePrefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b656e032100', 'hex');

/** The private keys in a key file; lines of other kinds are comments. Empty where the text holds none. */
export function secretKeysIn(text: string): string[] {
  return [...text.matchAll(keyPattern)].map((match) => match[0].toUpperCase());
}

/** Reads `AGE-SECRET-KEY-1…`; undefined when it is mistyped. */
export function readAgeIdentity(text: string): AgeIdentity | undefined {
  const secret = fromBech32(text.toLowerCase(), 'age-secret-key-');
  if (secret === undefined || secret.length !== keyBytes) return undefined;
  const key = createPrivateKey({ key: Buffer.concat([privatePrefix, secret]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-keyBytes);
  return { key, publicKey };
}

/** The secret that an identity shares with the ephemeral key of a file; undefined for a key that shares none. */
export function sharedSecret(identity: AgeIdentity, share: Buffer): Buffer | undefined {
  try {
    const publicKey = createPublicKey({
      key: Buffer.concat([publicPrefix, share]),
      format: 'der',
      type: 'spki',
    });
    return diffieHellman({ privateKey: identity.key, publicKey });
  } catch {
    // A point of low order, which only a damaged or forged file holds.
    return undefined;
  }
}

/** The bytes of a bech32 text of a kind; undefined when its checksum does not fit. */
function fromBech32(text: string, prefix: string): Buffer | undefined {
  if (!text.startsWith(`${prefix}1`)) return undefined;
  const values = [...text.slice(prefix.length + 1)].map((letter) => letters.indexOf(letter));
  if (values.includes(-1) || values.length < 6) return undefined;
  const codes = [...prefix].map((letter) => letter.charCodeAt(0));
  const expanded = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
  if (checksum([...expanded, ...values]) !== 1) return undefined;
  const bytes: number[] = [];
  let bits = 0;
  let buffer = 0;
  for (const value of values.slice(0, -6)) {
    buffer = ((buffer << 5) | value) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((buffer >> bits) & 0xff);
  }
  return Buffer.from(bytes);
}

const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

function checksum(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [bit, factor] of generator.entries()) if ((top >> bit) & 1) sum ^= factor;
  }
  return sum;
}
