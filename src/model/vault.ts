import type { Place } from './place.ts';

/** What decrypts the encrypted files and values of a project. Passwords are read when the first of them is met. */
export interface Vault {
  /** Whether any password, key or question for one was given. */
  hasSources(): boolean;
  /**
   * The plain bytes of an encrypted file or value.
   *
   * @throws RunbookError RB131 without any password, RB134 where none fits or the text is damaged, RB135 for a source
   *   of passwords that cannot be read
   */
  decrypt(content: string | Buffer, at: Place): Buffer;
  /**
   * Adds sources of passwords, each as `--vault-id` takes it; those of settings are known late. Asks at once where one
   * is `prompt`. @throws RunbookError RB135 where a question has no answer
   */
  add(sources: readonly string[]): Promise<void>;
  /** Reads the passwords now, so that what is wrong with their sources is told before the run. @throws RunbookError RB135 */
  open(): void;
}

/** How a text is encrypted: `ansible` as ansible-vault does, `age` as the program age does, in its text form. */
export type VaultFormat = 'age' | 'ansible';

const armour = '-----BEGIN AGE ENCRYPTED FILE-----';
const ansibleMark = '$ANSIBLE_VAULT;';

/** In which format a file or value is encrypted as a whole; undefined where it is not. */
export function vaultFormatOf(content: string | Buffer): VaultFormat | undefined {
  const start = typeof content === 'string' ? content.slice(0, 64) : content.toString('latin1', 0, 64);
  if (start.startsWith(ansibleMark)) return 'ansible';
  return start.startsWith(armour) ? 'age' : undefined;
}
