import { failure } from '../model/diagnostic.ts';
import { ask } from './ask.ts';

/** The flags that say where vault passwords come from. */
export interface VaultFlags {
  readonly vaultId?: readonly string[] | undefined;
  readonly vaultPasswordFile?: readonly string[] | undefined;
  readonly askVaultPass?: boolean;
}

/** The sources that flags name, else the environment. Those of settings files are added when these are read. */
export function vaultSources(flags: VaultFlags, env: NodeJS.ProcessEnv): readonly string[] {
  const files = (flags.vaultPasswordFile ?? []).map(asDefault);
  const given = [
    ...(flags.vaultId ?? []),
    ...files,
    ...(flags.askVaultPass === true ? ['default@prompt'] : []),
  ];
  if (given.length > 0) return given;
  return ['RUNBOOK', 'ANSIBLE'].flatMap((prefix) => {
    const file = env[`${prefix}_VAULT_PASSWORD_FILE`];
    const list = env[`${prefix}_VAULT_IDENTITY_LIST`]?.split(',').map((one) => one.trim());
    return [...(list ?? []), ...(file === undefined ? [] : [asDefault(file)])].filter((one) => one !== '');
  });
}

/** A file's name may hold an `@`, which would part a label from it. */
function asDefault(file: string): string {
  if (file === '') return '';
  return `default@${file === 'prompt' ? './prompt' : file}`;
}

/** Asks for a vault password once. */
export function askVaultPassword(prompt: string): Promise<string | undefined> {
  return ask(prompt, { echo: false });
}

/** Asks for a new vault password twice. @throws RunbookError RB135 where the answers differ */
export async function askNewVaultPassword(prompt: string): Promise<string | undefined> {
  const noun = prompt.replace(/^V/, 'v');
  const first = await ask(`New ${noun}`, { echo: false });
  if (first === undefined) return undefined;
  const second = await ask(`Confirm new ${noun}`, { echo: false });
  if (first !== second) throw failure('RB135', 'the two vault passwords differ: nothing was changed');
  return first;
}
