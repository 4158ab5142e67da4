import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { Secret, type Value } from '../../model/value.ts';
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
 * words after the path: `length` (20), `chars` (letters, digits and `.,:-_`). `/dev/null` stores nothing.
 */
export const password: Lookup = (terms, options, context) =>
  flattenAll(terms).map((term) => new Secret(passwordOf(term, options, context), 'password'));

function passwordOf(term: Value, options: Readonly<Record<string, Value>>, context: LookupContext): string {
  const { path, words } = readTerm(asText(term, 'the path of a password file'));
  const given = { ...options, ...words };
  for (const unknown of Object.keys(given).filter((name) => !['length', 'chars', 'seed'].includes(name)))
    throw lookupFailure(`password: the option ${JSON.stringify(unknown)} is not available`);
  if (given['seed'] !== undefined)
    throw lookupFailure('password: a seed makes passwords that can be guessed');
  if (path === '/dev/null') return generate(given);
  const file = isAbsolute(path) ? path : resolve(context.projectDir, path);
  if (existsSync(file))
    return readFileSync(file, 'utf8')
      .replace(/\r?\n$/, '')
      .replace(/ salt=\S*$/, '');
  return store(file, generate(given));
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
  return Array.from({ length }, () => characters[randomInt(characters.length)]).join('');
}

function alphabet(chars: Value | undefined): string {
  if (chars === undefined) return `${characterSets['ascii_letters']}${characterSets['digits']}.,:-_`;
  const parts = typeof chars === 'string' ? chars.split(',') : flattenAll([chars]);
  const text = parts.map((part) => characterSets[String(part)] ?? String(part)).join('');
  if (text === '') throw lookupFailure('password: chars is empty');
  return [...new Set(text)].join('');
}

/** Creates the file only if nobody else did in the meantime; then theirs is the password. */
function store(file: string, made: string): string {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, `${made}\n`, { flag: 'wx', mode: 0o600 });
    return made;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    throw error;
  }
}
