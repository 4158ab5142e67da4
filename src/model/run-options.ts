import type { Secret } from './value.ts';
import type { VariableLayer } from './variables.ts';

/** What of a playbook is to run: flags that choose hosts and steps. */
export interface Selection {
  /** `--limit` patterns; a host must match their union. */
  readonly limit?: string | undefined;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** A step's name or id: earlier steps of its play are left out. */
  readonly startAt?: string | undefined;
  /** Events that count as set before the run (`--assume-set`). */
  readonly assumeSet: readonly string[];
}

/** How a run is carried out. */
export interface RunMode {
  readonly check: boolean;
  readonly diff: boolean;
  readonly verbosity: number;
  /** Requests in flight at most. */
  readonly forks: number;
}

/** Connection defaults from the command line, below inventory settings or above them as Ansible has it. */
export interface ConnectionFlags {
  readonly user?: string | undefined;
  readonly identityFile?: string | undefined;
  readonly connection?: 'ssh' | 'local' | undefined;
  readonly connectTimeoutMs?: number | undefined;
  readonly hostKeyPolicy?: 'strict' | 'accept-new' | 'off' | undefined;
  readonly become?: boolean | undefined;
  readonly becomeMethod?: string | undefined;
  readonly becomeUser?: string | undefined;
  readonly becomeExe?: string | undefined;
  readonly becomeFlags?: string | undefined;
  /** Asked for at the terminal (`-k`, `-K`). */
  readonly password?: Secret | undefined;
  readonly becomePassword?: Secret | undefined;
}

/** `-e` variables, in order. */
export type ExtraVars = readonly VariableLayer[];
