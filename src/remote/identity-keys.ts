import { readFile } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import { HostError } from '../model/host.ts';
import type { Secret } from '../model/value.ts';
import { decryptOpenSshKey } from './openssh-key.ts';

/** A private key that can be offered. */
export interface IdentityKey {
  readonly path: string;
  readonly key: ParsedKey;
}

/** Reads private keys, each once per run: unlocking one costs half a second of CPU. */
export class IdentityKeys {
  readonly #keys = new Map<string, Promise<IdentityKey | undefined>>();

  /**
   * The key of a file, or undefined when the file does not exist.
   *
   * @throws HostError RB509 when it is no private key, or is locked and the passphrase is missing or wrong.
   */
  load(path: string, passphrase: Secret | undefined): Promise<IdentityKey | undefined> {
    const id = `${path}\0${passphrase?.reveal() ?? ''}`;
    const known = this.#keys.get(id);
    if (known !== undefined) return known;
    const loading = readKey(path, passphrase);
    this.#keys.set(id, loading);
    loading.catch(() => this.#keys.delete(id));
    return loading;
  }
}

async function readKey(path: string, passphrase: Secret | undefined): Promise<IdentityKey | undefined> {
  let text: Buffer;
  try {
    text = await readFile(path);
  } catch (error) {
    // The cast reads a property that errors of the file system have; others have none.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(path, error instanceof Error ? error.message : String(error));
  }
  const plain = ssh2.utils.parseKey(text);
  if (!(plain instanceof Error)) return checked(path, plain);
  if (!/passphrase|encrypted/i.test(plain.message)) throw unusable(path, plain.message);
  if (passphrase === undefined)
    throw unusable(
      path,
      'it is encrypted and no passphrase is given',
      'set passphrase, or add the key to an ssh-agent',
    );
  const unlocked = await decryptOpenSshKey(text.toString('latin1'), passphrase.reveal());
  const parsed =
    unlocked === undefined ? ssh2.utils.parseKey(text, passphrase.reveal()) : ssh2.utils.parseKey(unlocked);
  if (parsed instanceof Error) throw unusable(path, 'the passphrase does not unlock it');
  return checked(path, parsed);
}

function checked(path: string, parsed: ParsedKey | ParsedKey[]): IdentityKey {
  const [key] = Array.isArray(parsed) ? parsed : [parsed];
  if (key === undefined || !key.isPrivateKey()) throw unusable(path, 'it is not a private key');
  return { path, key };
}

function unusable(path: string, why: string, hint?: string): HostError {
  return new HostError(
    'unreachable',
    'RB509',
    `identity file ${path} cannot be used: ${why}`,
    hint === undefined ? {} : { hint },
  );
}
