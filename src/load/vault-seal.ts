import { failure, type RunbookError } from '../model/diagnostic.ts';
import type { VaultFormat } from '../model/vault.ts';
import { type AgeTarget, newAgeKey, recipientOf, sealAge } from './age-write.ts';
import { sealEnvelope } from './ansible-vault.ts';
import type { VaultSecret } from './vault-source.ts';

/** How a text is to be encrypted. */
export interface SealWish {
  readonly format: VaultFormat;
  /** The label of the password or keys to use; needed where several were given. */
  readonly label?: string | undefined;
  /** Public keys of age, `age1…`, of further people who shall be able to read it. */
  readonly recipients: readonly string[];
}

/** Makes the text form of encrypted bytes. */
export type Seal = (plain: Buffer) => Promise<string>;

/**
 * Decides how texts are encrypted, before the first of them is.
 *
 * @throws RunbookError RB136 where no password or key fits the wish
 */
export async function sealerFor(wish: SealWish, secrets: readonly VaultSecret[]): Promise<Seal> {
  if (wish.format === 'ansible') return ansibleSealer(wish, secrets);
  const target = await ageTarget(wish, secrets);
  return (plain) => sealAge(plain, target);
}

function ansibleSealer(wish: SealWish, secrets: readonly VaultSecret[]): Seal {
  const { label, password } = chosen(wish, secrets);
  if (wish.recipients.length > 0) throw refuse('--recipient goes with the format age only');
  if (password === undefined)
    throw refuse('the format ansible needs a password, and keys of age were given', 'add --format age');
  return async (plain) => sealEnvelope(plain, password, label === 'default' ? undefined : label);
}

async function ageTarget(wish: SealWish, secrets: readonly VaultSecret[]): Promise<AgeTarget> {
  const { recipients } = wish;
  const isForOthersOnly = secrets.length === 0 && recipients.length > 0;
  const { keys, password } = isForOthersOnly ? { keys: [], password: undefined } : chosen(wish, secrets);
  if (password !== undefined) {
    if (recipients.length === 0) return { passphrase: password };
    const hint = 'name a file of keys by --vault-id, or leave the password out';
    throw refuse('age encrypts for a passphrase or for recipients, not for both', hint);
  }
  const all = [...(await Promise.all(keys.map(recipientOf))), ...recipients];
  // Tried now: a mistyped one shall not be found when the first of several files is written already.
  for (const recipient of all) await checkRecipient(recipient);
  return { recipients: [...new Set(all)] };
}

async function checkRecipient(recipient: string): Promise<void> {
  try {
    await sealAge(Buffer.alloc(0), { recipients: [recipient] });
  } catch {
    throw refuse(
      `${JSON.stringify(recipient)} is no public key of age`,
      'it is age1 and 58 letters and digits',
    );
  }
}

function chosen({ label }: SealWish, secrets: readonly VaultSecret[]): VaultSecret {
  const found = label === undefined ? secrets : secrets.filter((one) => one.label === label);
  const [first] = found;
  const labels = [...new Set(secrets.map((one) => one.label))].join(', ');
  if (first === undefined)
    throw refuse(
      label === undefined ? 'no vault password was given' : `no vault id "${label}" (given: ${labels})`,
    );
  if (found.length > 1 && label === undefined)
    throw refuse(`several vault passwords were given (${labels})`, 'say which by --encrypt-vault-id LABEL');
  return first;
}

function refuse(message: string, hint?: string): RunbookError {
  return failure('RB136', message, { hint });
}

/** A file of a new private key, as age-keygen writes it, and the public key to it. */
export async function newKeyFile(): Promise<{ readonly text: string; readonly recipient: string }> {
  const { secret, recipient } = await newAgeKey();
  const text = `# created: ${new Date().toISOString().slice(0, 19)}Z\n# public key: ${recipient}\n${secret}\n`;
  return { text, recipient };
}
