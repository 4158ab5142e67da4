import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path';
import { nearest } from '../lib/suggest.ts';
import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { SourceFile } from '../model/place.ts';
import { vaultFormatOf } from '../model/vault.ts';
import { type Decrypt, decryptFile } from './vault-file.ts';

/** The largest file that is read, in bytes. */
export const maxFileBytes = 2 * 1024 * 1024;

/** A file's text, or why there is none. */
export type SourceReading =
  | { readonly file: SourceFile; readonly isVaulted?: boolean; readonly diagnostics: readonly [] }
  | { readonly file?: undefined; readonly diagnostics: readonly Diagnostic[] };

/** A path as the user would type it: relative to `cwd` where it lies below it, else absolute. */
export function displayPath(path: string, cwd: string): string {
  const absolute = resolve(cwd, path);
  const below = relative(cwd, absolute);
  return below === '' || below.startsWith('..') || isAbsolute(below) ? absolute : below;
}

/**
 * Reads a text file of at most 2 MiB as UTF-8. One that is encrypted as a whole is decrypted.
 *
 * RB101 when it cannot be read or is not UTF-8, with the nearest name in its folder; RB102 when it is too large; RB131
 * and RB134 when it is encrypted and nothing decrypts it.
 */
export async function readSourceFile(
  path: string,
  options: { readonly cwd: string; readonly decrypt?: Decrypt | undefined },
): Promise<SourceReading> {
  const shown = displayPath(path, options.cwd);
  const bytes = await readBytes(resolve(options.cwd, path), shown);
  if (!Buffer.isBuffer(bytes)) return { diagnostics: [bytes] };
  const reading = decode(bytes, shown);
  if (reading.file === undefined || vaultFormatOf(reading.file.text) === undefined) return reading;
  const plain = decryptFile(reading.file, options.decrypt);
  return 'code' in plain ? { diagnostics: [plain] } : { file: plain, isVaulted: true, diagnostics: [] };
}

/** Bytes as a text file's text; RB101 with the line of the first byte that is not UTF-8. */
export function decode(bytes: Buffer, shown: string): SourceReading {
  if (isUtf8(bytes)) return { file: { path: shown, text: bytes.toString('utf8') }, diagnostics: [] };
  const { line, column } = firstInvalid(bytes);
  const at = { file: shown, line, column, length: 1 };
  const hint = 'save the file as UTF-8; a vault or archive is not a text file';
  return { diagnostics: [errorDiagnostic('RB101', 'the file is not UTF-8 text', { at, hint })] };
}

async function readBytes(absolute: string, shown: string): Promise<Buffer | Diagnostic> {
  try {
    const { size } = await stat(absolute);
    if (size > maxFileBytes) return tooLarge(shown, size);
    const bytes = await readFile(absolute);
    return bytes.length > maxFileBytes ? tooLarge(shown, bytes.length) : bytes;
  } catch (error) {
    return unreadable(absolute, shown, error);
  }
}

/** RB102. */
export function tooLarge(shown: string, bytes: number): Diagnostic {
  const size = (bytes / 1024 / 1024).toFixed(1);
  return errorDiagnostic(
    'RB102',
    `${shown} has ${size} MiB, expected at most ${maxFileBytes / 1024 / 1024} MiB`,
    {
      hint: 'split the file, or copy its data to the hosts as a file',
    },
  );
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'it may not be read by this user',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links go in a circle',
};

/** RB101 for an error of the file system, with the nearest name in the folder. */
export async function unreadable(absolute: string, shown: string, error: unknown): Promise<Diagnostic> {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error));
  const guess = code === 'ENOENT' ? nearest(basename(absolute), await namesIn(dirname(absolute))) : undefined;
  const near = guess === undefined ? '' : ` — did you mean "${guess}"?`;
  return errorDiagnostic('RB101', `cannot read ${shown}: ${reason}${near}`);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

/** Where the first bytes stand that are not UTF-8. */
function firstInvalid(bytes: Buffer): { line: number; column: number } {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  let start = 0;
  for (let end = bytes.indexOf(10); ; end = bytes.indexOf(10, start)) {
    const part = bytes.subarray(start, end === -1 ? undefined : end);
    try {
      decoder.decode(part);
    } catch {
      const valid = new TextDecoder('utf-8').decode(part).indexOf('\ufffd');
      return { line, column: valid + 1 };
    }
    if (end === -1) return { line, column: 1 };
    line++;
    start = end + 1;
  }
}

/** The text of a file; undefined where it cannot be read, for callers that tell what named it. */
export function readTextIfAny(absolute: string): string | undefined {
  try {
    return readFileSync(absolute, 'utf8');
  } catch {
    // The caller tells what named the file.
    return undefined;
  }
}
