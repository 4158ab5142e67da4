import { failure, type RunbookError } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import { type Vault, vaultFormatOf } from '../model/vault.ts';
import {
  type AgeFile,
  keyByIdentity,
  keyByPassphrase,
  needsPassphrase,
  openPayload,
  readAge,
} from './age-read.ts';
import { type AnsibleEnvelope, openEnvelope, readEnvelope } from './ansible-vault.ts';
import {
  isSame,
  parseVaultSource,
  readVaultSource,
  type SourceOptions,
  secretOf,
  type VaultSecret,
  type VaultSource,
} from './vault-source.ts';

/** A vault with the passwords that it tries. */
export interface PasswordVault extends Vault {
  /** The passwords and keys, in the order given; read when first asked for. @throws RunbookError RB135 */
  secrets(): readonly VaultSecret[];
}

/** Asks for a password; undefined when nobody is there. */
export type AskPassword = (prompt: string) => Promise<string | undefined>;

/** Plain texts up to this size are kept, as one value is read for many hosts. */
const keptBytes = 64 * 1024;

/**
 * Makes a vault of sources, each as `--vault-id` takes it. Questions are asked now, in order, once each; files are read
 * and programs run when the first encrypted text is met.
 *
 * @throws RunbookError RB135 where a question has no answer
 */
export async function createVault(
  sources: readonly string[],
  options: SourceOptions & { readonly ask: AskPassword },
): Promise<PasswordVault> {
  const known: { readonly source: VaultSource; secret: VaultSecret | undefined }[] = [];
  const kept = new Map<string, Buffer>();
  const secrets = () =>
    known.map((one) => {
      one.secret ??= readVaultSource(one.source, options);
      return one.secret;
    });
  const vault: PasswordVault = {
    hasSources: () => known.length > 0,
    secrets,
    open: () => void secrets(),
    async add(texts) {
      for (const source of texts.map(parseVaultSource)) {
        if (known.some((one) => isSame(one.source, source, options))) continue;
        const isPrompt = source.from === 'prompt';
        known.push({ source, secret: isPrompt ? await askFor(source, options.ask) : undefined });
      }
    },
    decrypt(content, at) {
      const text = typeof content === 'string' ? content : content.toString('latin1');
      const before = kept.get(text);
      if (before !== undefined) return before;
      const plain = decryptWith(secrets(), text, at);
      if (text.length <= keptBytes) kept.set(text, plain);
      return plain;
    },
  };
  await vault.add(sources);
  return vault;
}

async function askFor(source: VaultSource, ask: AskPassword): Promise<VaultSecret> {
  const text = await ask(source.label === 'default' ? 'Vault password' : `Vault password (${source.label})`);
  if (text !== undefined) return secretOf(source, text);
  throw failure('RB135', 'the vault password cannot be asked for: this is no terminal', {
    hint: 'name a file with --vault-password-file FILE',
  });
}

/** Decrypts a text with the first password or key that fits. @throws RunbookError RB131, RB134 */
export function decryptWith(secrets: readonly VaultSecret[], text: string, at: Place): Buffer {
  const trimmed = text.trimStart();
  const format = vaultFormatOf(trimmed);
  if (format === undefined) {
    const hint = 'it begins with $ANSIBLE_VAULT; or -----BEGIN AGE ENCRYPTED FILE-----';
    throw failure('RB134', 'this is no encrypted text', { at, hint });
  }
  return format === 'ansible'
    ? decryptAnsible(secrets, readEnvelope(trimmed), at)
    : decryptAge(secrets, readAge(trimmed), at);
}

type Read<Form> = Form | { readonly problem: string };

function decryptAnsible(secrets: readonly VaultSecret[], envelope: Read<AnsibleEnvelope>, at: Place): Buffer {
  if ('problem' in envelope) throw failure('RB134', envelope.problem, { at });
  const usable = secrets.filter((one) => one.password !== undefined);
  const { label } = envelope;
  if (usable.length === 0) throw needed(secrets, label === undefined ? '' : ` of "${label}"`, at);
  // The vault id says which password is meant; a file may have got another since, so the others are tried as well.
  const ordered = [
    ...usable.filter((one) => one.label === label),
    ...usable.filter((one) => one.label !== label),
  ];
  for (const { password = '' } of ordered) {
    const plain = openEnvelope(envelope, password);
    if (plain !== undefined) return plain;
  }
  throw refused(label === undefined ? 'the text' : `the text of the vault id "${label}"`, ordered, at);
}

function decryptAge(secrets: readonly VaultSecret[], file: Read<AgeFile>, at: Place): Buffer {
  if ('problem' in file) throw failure('RB134', file.problem, { at });
  const byPassphrase = needsPassphrase(file);
  const usable = secrets.filter((one) =>
    byPassphrase ? one.password !== undefined : one.identities.length > 0,
  );
  if (usable.length === 0) throw needed(secrets, '', at, byPassphrase ? undefined : 'a private key of age');
  for (const secret of usable) {
    const fileKey = fileKeyOf(file, secret);
    if (fileKey === undefined) continue;
    const plain = openPayload(file, fileKey);
    if (plain !== undefined) return plain;
    throw failure('RB134', 'the encrypted text is damaged: it was changed or cut after it was written', {
      at,
    });
  }
  throw refused('the text', usable, at);
}

function fileKeyOf(file: AgeFile, { password, identities }: VaultSecret): Buffer | undefined {
  if (password !== undefined) return keyByPassphrase(file, password);
  for (const identity of identities) {
    const key = keyByIdentity(file, identity);
    if (key !== undefined) return key;
  }
  return undefined;
}

function needed(
  secrets: readonly VaultSecret[],
  what: string,
  at: Place,
  kind = 'a vault password',
): RunbookError {
  const given = secrets.length === 0 ? `no vault password${what} was given` : `${kind} is needed to read it`;
  return failure('RB131', `this is encrypted, and ${given}`, {
    at,
    hint: 'add --ask-vault-pass, or --vault-password-file FILE (a password, a program that prints it, or age keys)',
  });
}

function refused(what: string, tried: readonly VaultSecret[], at: Place): RunbookError {
  const names = tried.map(({ label, from }) => `"${label}" from ${from}`).join(', ');
  const noun =
    tried.length === 1 ? 'the password or key does not fit' : 'none of the passwords and keys fits';
  return failure('RB134', `${what} cannot be decrypted: ${noun} (tried: ${names}), or it is damaged`, { at });
}
