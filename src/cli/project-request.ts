import { openVault, type ProjectRequest, type RunRequest } from '../engine.ts';
import { failure } from '../model/diagnostic.ts';
import type { ProjectSettings } from '../model/project.ts';
import type { ConnectionFlags, Selection } from '../model/run-options.ts';
import { Secret } from '../model/value.ts';
import { ask, canAsk } from './ask.ts';
import type { SharedFlags } from './flags.ts';
import { askVaultPassword, vaultSources } from './vault-sources.ts';

/** What of the playbook is selected. */
export function selectionOf(flags: SharedFlags): Selection {
  return {
    limit: flags.limit === undefined ? undefined : flags.limit.join(','),
    tags: flags.tags ?? [],
    skipTags: flags.skipTags ?? [],
    startAt: flags.startAt,
    assumeSet: flags.assumeSet ?? [],
  };
}

/** The files and flags that a playbook is read with. Asks for vault passwords where flags say so. */
export async function projectRequest(flags: SharedFlags): Promise<ProjectRequest> {
  const { env } = process;
  const options = { cwd: process.cwd(), env, ask: askVaultPassword };
  return {
    vault: await openVault(vaultSources(flags, env), options),
    cwd: process.cwd(),
    env: process.env,
    inventory: flags.inventory ?? [],
    extraVars: flags.extraVars ?? [],
    selection: selectionOf(flags),
    flushFacts: flags.flushCache,
  };
}

async function askSecret(prompt: string, flag: string): Promise<Secret> {
  const text = await ask(prompt, { echo: false });
  if (text === undefined)
    throw failure('RB701', `${flag} needs a terminal to ask at`, {
      hint: 'put the password into an encrypted variables file, or log in with a key',
    });
  return new Secret(text, flag === '-k' ? 'ssh password' : 'become password');
}

async function connectionFlags(flags: SharedFlags, settings: ProjectSettings): Promise<ConnectionFlags> {
  return {
    user: flags.user,
    identityFile: flags.privateKey,
    connection: flags.connection,
    connectTimeoutMs: flags.timeout === undefined ? undefined : flags.timeout * 1_000,
    become: flags.become,
    becomeUser: flags.becomeUser,
    becomeMethod: flags.becomeMethod,
    password:
      (flags.askPass ?? settings.ask_pass) === true ? await askSecret('SSH password', '-k') : undefined,
    becomePassword:
      (flags.askBecomePass ?? settings.ask_become_pass) === true
        ? await askSecret('BECOME password', '-K')
        : undefined,
  };
}

/** How the run is carried out. Asks for passwords where flags or settings say so. */
export async function runRequest(
  flags: SharedFlags,
  mode: { readonly check: boolean; readonly diff: boolean },
  settings: ProjectSettings,
): Promise<Pick<RunRequest, 'mode' | 'flags' | 'checkExitCode' | 'confirmSteps' | 'ask'>> {
  if (flags.step === true && !canAsk()) throw failure('RB701', '--step needs a terminal to ask at');
  return {
    mode: { check: mode.check, diff: mode.diff, verbosity: flags.verbose, forks: flags.forks },
    flags: await connectionFlags(flags, settings),
    checkExitCode: flags.exitCode === true,
    confirmSteps: flags.step === true,
    ask,
  };
}
