import { createHash, randomInt } from 'node:crypto';
import { hashSync } from 'bcryptjs';
import { md5Crypt } from './md5-crypt.ts';
import { passwordBase64, passwordDigits } from './password-base64.ts';

/** Where hashing tells its failures and how much work it is. */
export interface CryptRun {
  fail(message: string): Error;
  /** @param count Units of work. */
  step(count: number): void;
}

/** A password to hash for `/etc/shadow`. */
export interface PasswordRequest {
  readonly password: string;
  readonly type: string;
  /** Made at random where it is not given. */
  readonly salt: string | undefined;
  /** How long a salt that is made here is; undefined means what the type has. */
  readonly saltLength?: number | undefined;
  readonly rounds: number | undefined;
  /** For bcrypt: which of its forms the hash says to be. Default `2b`. */
  readonly ident?: string | undefined;
}

interface Scheme {
  readonly algorithm: 'sha256' | 'sha512';
  readonly id: string;
  readonly defaultRounds: number;
  /** Which bytes of the digest each group of four characters holds. */
  readonly groups: readonly (readonly number[])[];
}

/** The rounds that a hash without `rounds=` means. */
const impliedRounds = 5_000;
const maxRounds = 1_000_000;

const schemes: Readonly<Record<string, Scheme>> = {
  sha512: { algorithm: 'sha512', id: '6', defaultRounds: 5_000, groups: permuted(21, 1) },
  sha256: { algorithm: 'sha256', id: '5', defaultRounds: 5_000, groups: permuted(10, 2) },
};

/** Three bytes a third apart; for each further group one further on, the three turned by `turn`. */
function permuted(third: number, turn: number): number[][] {
  return Array.from({ length: third }, (_, i) =>
    [0, 1, 2].map((place) => i + third * ((place + i * turn) % 3)),
  );
}

/**
 * The hash of a password in a form that `/etc/shadow` takes.
 *
 * @throws what `run.fail` makes for an unknown type, a wrong salt or too many rounds.
 */
export function cryptPassword(run: CryptRun, request: PasswordRequest): string {
  switch (request.type) {
    case 'md5':
      return md5Password(run, request);
    case 'bcrypt':
    case 'blowfish':
      return bcryptPassword(run, request);
    default:
      return shaPassword(run, request);
  }
}

function md5Password(
  run: CryptRun,
  { password, saltLength = 8, salt = randomSalt(saltLength), rounds }: PasswordRequest,
): string {
  if (!/^[./0-9A-Za-z]{1,8}$/.test(salt))
    throw run.fail('the salt must be 1 to 8 characters out of ./0-9A-Za-z');
  if (rounds !== undefined) throw run.fail('"md5" has a fixed number of rounds');
  return md5Crypt(password, salt);
}

/** The logarithm of the rounds of bcrypt where none are given. */
const defaultCost = 12;
const maxCost = 16;

function bcryptPassword(
  run: CryptRun,
  { password, salt = randomSalt(22), rounds, ident }: PasswordRequest,
): string {
  if (!/^[./0-9A-Za-z]{22}$/.test(salt)) throw run.fail('the salt must be 22 characters out of ./0-9A-Za-z');
  const cost = rounds ?? defaultCost;
  if (cost < 4 || cost > maxCost) throw run.fail(`"rounds" must be between 4 and ${maxCost} for bcrypt`);
  const form = ident ?? '2b';
  if (!/^2[aby]$/.test(form)) throw run.fail(`"ident" must be 2a, 2b or 2y, not "${form}"`);
  run.step(2 ** cost / 50);
  return hashSync(password, `$${form}$${String(cost).padStart(2, '0')}$${salt}`);
}

function shaPassword(run: CryptRun, request: PasswordRequest): string {
  const scheme = Object.hasOwn(schemes, request.type) ? schemes[request.type] : undefined;
  if (scheme === undefined)
    throw run.fail(
      `"password_hash" makes sha512, sha256, bcrypt and md5; it does not support "${request.type}"`,
    );
  const salt = request.salt ?? randomSalt(request.saltLength ?? 16);
  if (!/^[./0-9A-Za-z]{1,16}$/.test(salt))
    throw run.fail('the salt must be 1 to 16 characters out of ./0-9A-Za-z');
  const rounds = request.rounds ?? scheme.defaultRounds;
  if (rounds < 1_000 || rounds > maxRounds) throw run.fail(`"rounds" must be between 1000 and ${maxRounds}`);
  run.step(rounds / 50);
  const bytes = shaCrypt(scheme.algorithm, Buffer.from(request.password), Buffer.from(salt), rounds);
  const prefix = rounds === impliedRounds ? '' : `rounds=${rounds}$`;
  return `$${scheme.id}$${prefix}${salt}$${encode(scheme, bytes)}`;
}

function randomSalt(length: number): string {
  return Array.from({ length }, () => passwordDigits[randomInt(64)]).join('');
}

/** The SHA-crypt function, as its specification describes it. */
function shaCrypt(algorithm: 'sha256' | 'sha512', key: Buffer, salt: Buffer, rounds: number): Buffer {
  const digest = (...parts: readonly Buffer[]) => {
    const made = createHash(algorithm);
    for (const part of parts) made.update(part);
    return made.digest();
  };
  const b = digest(key, salt, key);
  const a = createHash(algorithm).update(key).update(salt).update(stretched(b, key.length));
  for (let bits = key.length; bits > 0; bits >>= 1) a.update(bits & 1 ? b : key);
  let current = a.digest();
  const p = stretched(digest(...Array.from({ length: key.length }, () => key)), key.length);
  const s = stretched(digest(...Array.from({ length: 16 + (current[0] ?? 0) }, () => salt)), salt.length);
  for (let i = 0; i < rounds; i++) {
    const odd = i % 2 === 1;
    const parts = [
      odd ? p : current,
      i % 3 === 0 ? Buffer.alloc(0) : s,
      i % 7 === 0 ? Buffer.alloc(0) : p,
      odd ? current : p,
    ];
    current = digest(...parts);
  }
  return current;
}

function stretched(block: Buffer, length: number): Buffer {
  return Buffer.alloc(length, block).subarray(0, length);
}

function encode(scheme: Scheme, bytes: Buffer): string {
  let text = '';
  const byte = (index: number | undefined) => bytes[index ?? 0] ?? 0;
  for (const [a, b, c] of scheme.groups)
    text += passwordBase64((byte(a) << 16) | (byte(b) << 8) | byte(c), 4);
  if (scheme.algorithm === 'sha512') return text + passwordBase64(byte(63), 2);
  return text + passwordBase64((byte(31) << 8) | byte(30), 3);
}
