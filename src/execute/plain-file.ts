import { isUtf8 } from 'node:buffer';
import { basename } from 'node:path';
import { failure } from '../model/diagnostic.ts';
import { Secret } from '../model/value.ts';
import { type Vault, vaultFormatOf } from '../model/vault.ts';
import type { Redactor } from './redact.ts';

/** Gives the plain content of a file that was read. Throws a `RunbookError` where it is encrypted and nothing decrypts it. */
export type ReadPlain = (
  path: string,
  content: Buffer,
) => { readonly bytes: Buffer; readonly wasEncrypted: boolean };

/** A longer content is no password, and all its lines would make a slow mask. */
const maskedBytes = 16 * 1024;

/** For where there is no vault: what is encrypted is refused. */
export const readUndecrypted: ReadPlain = (path, content) => {
  if (vaultFormatOf(content) === undefined) return { bytes: content, wasEncrypted: false };
  throw failure('RB131', `${path} is encrypted, and no vault password was given`, {
    hint: 'add --ask-vault-pass, or --vault-password-file FILE',
  });
};

/** Decrypts files with a vault. What they hold is told to the redactor. */
export function plainReader(
  vault: Pick<Vault, 'decrypt'> | undefined,
  redactor?: Pick<Redactor, 'add'>,
): ReadPlain {
  return (path, content) => {
    if (vault === undefined || vaultFormatOf(content) === undefined) return readUndecrypted(path, content);
    const bytes = vault.decrypt(content, { file: path, line: 1, column: 1, length: 1 });
    if (bytes.length <= maskedBytes && isUtf8(bytes))
      redactor?.add(new Secret(bytes.toString('utf8'), basename(path)));
    return { bytes, wasEncrypted: true };
  };
}
