import { armor, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';

/** 2^17 rounds of scrypt: about a third of a second for each passphrase that is tried. */
const workFactor = 17;

/** Who shall be able to decrypt: holders of the private keys to `recipients` (`age1…`), or of a passphrase. */
export type AgeTarget = { readonly recipients: readonly string[] } | { readonly passphrase: string };

/** Encrypts as age does, in its text form, which ends in a line break. Throws for a mistyped recipient. */
export async function sealAge(plain: Buffer, target: AgeTarget): Promise<string> {
  const encrypter = new Encrypter();
  if ('passphrase' in target) {
    encrypter.setScryptWorkFactor(workFactor);
    encrypter.setPassphrase(target.passphrase);
  } else for (const recipient of target.recipients) encrypter.addRecipient(recipient);
  return `${armor.encode(await encrypter.encrypt(plain)).trimEnd()}\n`;
}

/** A new private key, and the public key that others encrypt for. */
export async function newAgeKey(): Promise<{ readonly secret: string; readonly recipient: string }> {
  const secret = await generateX25519Identity();
  return { secret, recipient: await identityToRecipient(secret) };
}

/** The public key to a private one. */
export function recipientOf(secret: string): Promise<string> {
  return identityToRecipient(secret);
}
