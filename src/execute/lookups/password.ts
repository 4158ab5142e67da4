import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { Secret, type Value } from '../../model/value.ts';
import { cryptPassword } from '../../template/ansible/crypt-password.ts';
import { SeededRandom } from '../../template/python/seeded-random.ts';
import { flattenAll } from './collections.ts';
import { asText, type Lookup, type LookupContext, lookupFailure } from './lookup.ts';

const characterSets: Readonly<Record<string, string>> = {
  ascii_letters: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
  ascii_lowercase: 'abcdefghijklmnopqrstuvwxyz',
  ascii_uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  hexdigits: '0123456789abcdefABCDEF',
  octdigits: '01234567',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
};

/**
 * `password`: the password in a file, made and stored there (mode 600) when the file does not exist. Options, also as
 * words after the path: `length` (20), `chars` (letters, digits and `.,:-_`), `encrypt` (gives the hash of that type; its
 * salt is stored beside the password), `ident` (the form of bcrypt), `seed` (the same seed makes the same password, as
 * Python does). `/dev/null` stores nothing.
 */
export const password: Lookup = (terms, options, context) =>
  flattenAll(terms).map((term) => new Secret(passwordOf(term, options, context), 'password'));

const optionNames: readonly string[] = ['length', 'chars', 'encrypt', 'ident', 'seed'];

function passwordOf(term: Value, options: Readonly<Record<string, Value>>, context: LookupContext): string {
  const { path, words } = readTerm(asText(term, 'the path of a password file'));
  const given = { ...options, ...words };
  for (const unknown of Object.keys(given).filter((name) => !optionNames.includes(name)))
    throw lookupFailure(`password: the option ${JSON.stringify(unknown)} is not available`);
  const file = isAbsolute(path) ? path : resolve(context.projectDir, path);
  const kept = storedIn(file);
  const found = kept ?? { plain: generate(given) };
  const type = asOptionalText(given['encrypt'], 'encrypt of password');
  if (type === undefined) return kept === undefined ? store(file, found.plain).plain : found.plain;
  const salt = found.salt ?? newSalt(type);
  const ident = found.ident ?? asOptionalText(given['ident'], 'ident of password') ?? impliedIdent[type];
  const line = `${found.plain} salt=${salt}${ident === undefined ? '' : ` ident=${ident}`}`;
  if (kept === undefined) return hashOf(type, { salt, ident, ...store(file, line) });
  if (kept.salt === undefined) writeFileSync(file, `${line}\n`, { mode: 0o600 });
  return hashOf(type, { plain: kept.plain, salt, ident });
}

/** What a password file holds. */
interface StoredPassword {
  readonly plain: string;
  readonly salt?: string | undefined;
  readonly ident?: string | undefined;
}

const impliedIdent: Readonly<Record<string, string>> = { bcrypt: '2b', blowfish: '2b' };
const saltLengths: Readonly<Record<string, number>> = { bcrypt: 22, blowfish: 22, md5_crypt: 8, md5: 8 };

function newSalt(type: string): string {
  const digits = alphabet(['ascii_letters', 'digits', './']);
  return Array.from({ length: saltLengths[type] ?? 16 }, () => digits[randomInt(digits.length)]).join('');
}

function hashOf(type: string, { plain, salt, ident }: StoredPassword): string {
  const fail = (message: string) => lookupFailure(`password: ${message}`);
  const request = { password: plain, type: type.replace(/_crypt$/, ''), salt, rounds: undefined, ident };
  return cryptPassword({ fail, step: () => undefined }, request);
}

function asOptionalText(value: Value | undefined, what: string): string | undefined {
  return value === undefined || value === null ? undefined : asText(value, what);
}

function storedIn(file: string): StoredPassword | undefined {
  if (file === '/dev/null' || !existsSync(file)) return undefined;
  const line = readFileSync(file, 'utf8').trimEnd();
  const [, plain, salt, ident] = /^(.*?)(?: salt=(\S*?))?(?: ident=(\S*))?$/s.exec(line) ?? [];
  return { plain: plain ?? line, salt, ident };
}

function readTerm(term: string): { path: string; words: Record<string, string> } {
  const words: Record<string, string> = {};
  let path = term.trim();
  for (let found = lastWord(path); found !== null; found = lastWord(path)) {
    words[found[2] ?? ''] = found[3] ?? '';
    path = found[1] ?? '';
  }
  return { path, words };
}

function lastWord(text: string): RegExpExecArray | null {
  return /^(.*\S)\s+(\w+)=(\S*)$/.exec(text);
}

function generate(options: Readonly<Record<string, Value>>): string {
  const length = Number(options['length'] ?? 20);
  if (!Number.isInteger(length) || length < 1 || length > 4096)
    throw lookupFailure('password: length must be a whole number from 1 to 4096');
  const characters = alphabet(options['chars']);
  const choose = chooser(options['seed']);
  return Array.from({ length }, () => characters[choose(characters.length)]).join('');
}

function chooser(seed: Value | undefined): (end: number) => number {
  if (seed === undefined || seed === null) return randomInt;
  // A number counts as its digits, as if it were written in the term.
  const text = typeof seed === 'number' || typeof seed === 'bigint' ? String(seed) : seed;
  const random = new SeededRandom(asText(text, 'seed of password'));
  return (end) => Number(random.below(BigInt(end)));
}

function alphabet(chars: Value | undefined): string {
  if (chars === undefined || chars === null)
    return `${characterSets['ascii_letters']}${characterSets['digits']}.,:-_`;
  const text = charParts(chars)
    .map((part) => characterSets[String(part)] ?? String(part))
    .join('')
    .replace(/["']/g, '');
  if (text === '') throw lookupFailure('password: chars is empty');
  return text;
}

/** Parts at commas; two commas mean that a comma is one of the characters. */
function charParts(chars: Value): readonly Value[] {
  if (typeof chars !== 'string') return flattenAll([chars]);
  const parts = chars.split(',').filter((part) => part !== '');
  return chars.includes(',,') ? [',', ...parts] : parts;
}

/** Creates the file only if nobody else did in the meantime; then what is there counts. */
function store(file: string, line: string): StoredPassword {
  const made = { plain: line.replace(/ salt=.*$/, '') };
  if (file === '/dev/null') return made;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, `${line}\n`, { flag: 'wx', mode: 0o600 });
    return made;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return storedIn(file) ?? made;
    throw error;
  }
}
