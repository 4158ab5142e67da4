import { type Diagnostic, errorDiagnostic, RunbookError } from '../model/diagnostic.ts';
import type { Place, SourceFile } from '../model/place.ts';
import { Float, Secret, Unsafe, type Value, VaultText } from '../model/value.ts';
import { toMapping } from './mapping.ts';

/** Gives the plain text of an encrypted file or value. Throws a `RunbookError` where it cannot. */
export type Decrypt = (text: string, at: Place) => string;

/** The plain text of a file that is encrypted as a whole, or why there is none: RB131, RB134, RB135. */
export function decryptFile(file: SourceFile, decrypt: Decrypt | undefined): SourceFile | Diagnostic {
  if (decrypt === undefined) return vaultNeeded(file);
  try {
    return { path: file.path, text: decrypt(file.text, { file: file.path, line: 1, column: 1, length: 1 }) };
  } catch (error) {
    const [first] = error instanceof RunbookError ? error.diagnostics : [];
    if (first === undefined) throw error;
    return first;
  }
}

function vaultNeeded(file: SourceFile): Diagnostic {
  return errorDiagnostic('RB131', `${file.path} is encrypted, and no vault password was given`, {
    at: { file: file.path, line: 1, column: 1, length: 1 },
    hint: 'add --ask-vault-pass, or --vault-password-file FILE',
  });
}

/**
 * The values of a decrypted file, each text a `Secret` of its variable's name. Templates stay texts: what they hold
 * is no secret before it is rendered.
 */
export function secretValues(value: Value, name: string): Value {
  if (typeof value === 'string') return /\{[{%]/.test(value) ? value : new Secret(value, name);
  if (typeof value !== 'object' || value === null || isWhole(value)) return value;
  if (Array.isArray(value)) return value.map((item) => secretValues(item, name));
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return toMapping(entries.map(([key, item]): [Value, Value] => [key, secretValues(item, name)]));
}

function isWhole(value: object): boolean {
  return (
    value instanceof Float || value instanceof Secret || value instanceof VaultText || value instanceof Unsafe
  );
}
