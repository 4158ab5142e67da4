import { openEnvelope, readEnvelope, sealEnvelope } from './ansible-vault.ts';

/** Encrypting and decrypting texts by a password that a template gives, in the format of ansible-vault. */
export const vaultServices = {
  vault: {
    seal(text: string, password: string, label: string, salt: string | undefined): string {
      return sealEnvelope(
        Buffer.from(text),
        password,
        label === 'default' ? undefined : label,
        salt === undefined ? undefined : Buffer.from(salt),
      );
    },

    /** @throws Error that says why the text cannot be decrypted. */
    open(text: string, password: string): string {
      const envelope = readEnvelope(text);
      if ('problem' in envelope) throw new Error(envelope.problem);
      const plain = openEnvelope(envelope, password);
      if (plain === undefined)
        throw new Error('it was encrypted with another password, or was changed since');
      return plain.toString('utf8');
    },
  },
} as const;
