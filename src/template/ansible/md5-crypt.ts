import { createHash } from 'node:crypto';
import { passwordBase64 } from './password-base64.ts';

const rounds = 1_000;
/** Which bytes of the digest each group of four characters holds. */
const groups: readonly (readonly [number, number, number])[] = [
  [0, 6, 12],
  [1, 7, 13],
  [2, 8, 14],
  [3, 9, 15],
  [4, 10, 5],
];

function md5(...parts: readonly Buffer[]): Buffer {
  const made = createHash('md5');
  for (const part of parts) made.update(part);
  return made.digest();
}

/** The hash `$1$…` of a password. It is weak, and made for systems that know no other. */
export function md5Crypt(password: string, saltText: string): string {
  const key = Buffer.from(password);
  const salt = Buffer.from(saltText);
  const mixed = md5(key, salt, key);
  const begin = createHash('md5').update(key).update('$1$').update(salt);
  begin.update(Buffer.alloc(key.length, mixed));
  for (let bits = key.length; bits > 0; bits >>= 1)
    begin.update(bits & 1 ? Buffer.of(0) : key.subarray(0, 1));
  let current: Buffer = begin.digest();
  for (let i = 0; i < rounds; i++) {
    const isOdd = i % 2 === 1;
    current = md5(
      isOdd ? key : current,
      i % 3 === 0 ? Buffer.alloc(0) : salt,
      i % 7 === 0 ? Buffer.alloc(0) : key,
      isOdd ? current : key,
    );
  }
  const byte = (index: number) => current[index] ?? 0;
  const text = groups
    .map(([a, b, c]) => passwordBase64((byte(a) << 16) | (byte(b) << 8) | byte(c), 4))
    .join('');
  return `$1$${saltText}$${text}${passwordBase64(byte(11), 2)}`;
}
