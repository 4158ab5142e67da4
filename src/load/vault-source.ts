import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { failure } from '../model/diagnostic.ts';
import { type AgeIdentity, readAgeIdentity, secretKeysIn } from './age-keys.ts';

/** Where a password comes from: `label@prompt`, or `label@FILE`; the label is `default` where none is written. */
export interface VaultSource {
  readonly label: string;
  /** `prompt`, or the path of a file or program. */
  readonly from: string;
}

/** A password or the private keys of one source. */
export interface VaultSecret {
  readonly label: string;
  /** For people: where it came from. */
  readonly from: string;
  /** Undefined where the source is a file of private keys. */
  readonly password?: string | undefined;
  readonly identities: readonly AgeIdentity[];
  /** The private keys as written, `AGE-SECRET-KEY-1…`. */
  readonly keys: readonly string[];
}

/** How sources are read. */
export interface SourceOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

const deadlineMs = 120_000;
const maxBytes = 1024 * 1024;

/** Reads `label@source`, as `--vault-id` takes it. */
export function parseVaultSource(text: string): VaultSource {
  const at = text.indexOf('@');
  if (at === -1) return { label: 'default', from: text };
  return { label: text.slice(0, at) || 'default', from: text.slice(at + 1) };
}

/** Whether two sources are one: what flags name may stand in the settings as well. */
export function isSame(a: VaultSource, b: VaultSource, options: SourceOptions): boolean {
  return a.label === b.label && absolutePath(a.from, options) === absolutePath(b.from, options);
}

/** What a typed password is good for. @throws RunbookError RB135 when it is empty */
export function secretOf(source: VaultSource, text: string): VaultSecret {
  const { label, from } = source;
  const keys = secretKeysIn(text);
  if (keys.length > 0) return { label, from, keys, identities: keys.map((key) => identityOf(key, from)) };
  if (text === '') throw failure('RB135', `the vault password from ${from} is empty`);
  return { label, from, password: text, identities: [], keys: [] };
}

function identityOf(key: string, from: string): AgeIdentity {
  const identity = readAgeIdentity(key);
  if (identity !== undefined) return identity;
  const hint =
    'a private key is AGE-SECRET-KEY-1 and 58 letters and digits, as runbook vault keygen prints it';
  throw failure('RB135', `a private key in ${from} is mistyped`, { hint });
}

/**
 * Reads the password or keys of a file, or what a program prints; a program whose name ends in `-client` is told the
 * label by `--vault-id`. White space around a file's password does not count, nor do line breaks after a program's.
 *
 * @throws RunbookError RB135
 */
export function readVaultSource(source: VaultSource, options: SourceOptions): VaultSecret {
  const path = absolutePath(source.from, options);
  return secretOf(
    source,
    isProgram(path, source) ? runProgram(path, source, options) : readFile(path, source),
  );
}

function absolutePath(from: string, { cwd, env }: SourceOptions): string {
  return from.startsWith('~/') ? join(env['HOME'] ?? '/', from.slice(2)) : resolve(cwd, from);
}

function isProgram(path: string, { from }: VaultSource): boolean {
  try {
    // Pipes of the shell, <(...), are no programs whatever their bits say.
    if (!statSync(path).isFile()) return false;
  } catch (error) {
    throw unreadable(from, error);
  }
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function readFile(path: string, { from }: VaultSource): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw unreadable(from, error);
  }
}

function unreadable(from: string, error: unknown) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = { ENOENT: 'there is no such file', EACCES: 'it may not be read by this user' }[code];
  return failure('RB135', `cannot read the vault password file ${from}: ${reason ?? String(error)}`);
}

function runProgram(path: string, { from, label }: VaultSource, { cwd, env }: SourceOptions): string {
  const isClient = /-client(?:\.\w+)?$/.test(basename(path));
  const result = spawnSync(path, isClient ? ['--vault-id', label] : [], {
    cwd,
    env,
    // A program may ask at the terminal, and say why it fails.
    stdio: ['inherit', 'pipe', 'inherit'],
    encoding: 'utf8',
    timeout: deadlineMs,
    maxBuffer: maxBytes,
  });
  const problem =
    result.error?.message ??
    (result.status === 0 ? undefined : `it ended with ${result.signal ?? result.status}`);
  if (problem === undefined) return result.stdout.replace(/[\r\n]+$/, '');
  const isScript = /ENOEXEC/.test(problem);
  throw failure('RB135', `the program ${from} gave no vault password: ${problem}`, {
    hint: isScript ? `if it is no program but holds the password: chmod a-x ${from}` : undefined,
  });
}
