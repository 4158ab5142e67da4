import { type AskPassword, createVault, decryptWith, type PasswordVault } from '../load/vault.ts';
import type { Seal, SealWish } from '../load/vault-seal.ts';
import type { VaultSecret } from '../load/vault-source.ts';
import type { Place } from '../model/place.ts';
import type { ProjectSettings } from '../model/project.ts';
import type { Vault, VaultFormat } from '../model/vault.ts';

export { replaceFile } from '../load/replace-file.ts';
/** What vaults are spoken of with, for the commands. */
export type { AskPassword, PasswordVault, Seal, VaultFormat, VaultSecret };

/** Makes the vault of a command line. Questions are asked now. @throws RunbookError RB135 */
export function openVault(
  sources: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly ask: AskPassword },
): Promise<PasswordVault> {
  return createVault(sources, options);
}

/** Decrypts texts as stages that read files want it; undefined where there is no vault. */
export function decryptBy(vault: Vault | undefined): ((text: string, at: Place) => string) | undefined {
  return vault && ((text, at) => vault.decrypt(text, at).toString('utf8'));
}

/** The sources of vault passwords that settings name. */
export function vaultSourcesOf(settings: ProjectSettings): readonly string[] {
  const file = settings.vault_password_file;
  return [...(settings.vault_identity_list ?? []), ...(file === undefined ? [] : [`default@${file}`])];
}

/** The plain bytes of an encrypted text. @throws RunbookError RB131, RB134 */
export function unseal(secrets: readonly VaultSecret[], text: string, at: Place): Buffer {
  return decryptWith(secrets, text, at);
}

/** Decides how texts are encrypted. The package for age is loaded by commands that write only. @throws RunbookError RB136 */
export async function sealer(wish: SealWish, secrets: readonly VaultSecret[]): Promise<Seal> {
  const { sealerFor } = await import('../load/vault-seal.ts');
  return sealerFor(wish, secrets);
}

/** A file of a new private key of age, and the public key to it. */
export async function newVaultKey(): Promise<{ readonly text: string; readonly recipient: string }> {
  const { newKeyFile } = await import('../load/vault-seal.ts');
  return newKeyFile();
}
