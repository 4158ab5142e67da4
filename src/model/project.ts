import type { Diagnostic } from './diagnostic.ts';
import type { Emit } from './event.ts';
import type { Connections } from './host.ts';
import type { Inventory } from './inventory.ts';
import type { RunOutcome } from './outcome.ts';
import type { Plan } from './plan.ts';
import type { RunLook } from './run-look.ts';
import type { ConnectionFlags, RunMode, Selection } from './run-options.ts';
import type { VariableLayer } from './variables.ts';
import type { Vault } from './vault.ts';

/** Asks the person at the terminal; undefined when nobody is there, or `signal` took the question back. */
export type AskPerson = (
  prompt: string,
  options: { readonly echo: boolean; readonly signal?: AbortSignal | undefined },
) => Promise<string | undefined>;

/** A project's settings: what flags and `RUNBOOK_*` variables override. */
export interface ProjectSettings {
  /** Inventory sources; paths are relative to the settings file and given as absolute ones here. */
  readonly inventory?: readonly string[] | undefined;
  readonly forks?: number | undefined;
  readonly user?: string | undefined;
  readonly private_key?: string | undefined;
  readonly output?: 'tty' | 'plain' | 'jsonl' | 'quiet' | undefined;
  /** Reports to write, as `--report` takes them. */
  readonly report?: readonly string[] | undefined;
  /** Seconds. */
  readonly connect_timeout?: number | undefined;
  readonly host_key_checking?: boolean | undefined;
  readonly ask_pass?: boolean | undefined;
  readonly become?: boolean | undefined;
  readonly become_method?: 'sudo' | 'su' | 'doas' | undefined;
  readonly become_user?: string | undefined;
  readonly become_exe?: string | undefined;
  readonly become_flags?: string | undefined;
  readonly ask_become_pass?: boolean | undefined;
  /** Folders of roles, collections, modules in Python and what these import; absolute, the first one found counts. */
  readonly roles_path?: readonly string[] | undefined;
  readonly collections_path?: readonly string[] | undefined;
  readonly library?: readonly string[] | undefined;
  readonly module_utils?: readonly string[] | undefined;
  readonly vault_password_file?: string | undefined;
  /** Entries `label@source`. */
  readonly vault_identity_list?: readonly string[] | undefined;
  /** What holds for plays that do not say it. */
  readonly force_handlers?: boolean | undefined;
  readonly gathering?: 'implicit' | 'explicit' | 'smart' | undefined;
  readonly any_errors_fatal?: boolean | undefined;
  /** Where facts are kept from run to run: `jsonfile` in files of a folder, one for each host; default `memory`, nowhere. */
  readonly fact_caching?: 'memory' | 'jsonfile' | undefined;
  /** The folder of `jsonfile`; absolute. */
  readonly fact_caching_connection?: string | undefined;
  /** What names of its files begin with. Default: nothing. */
  readonly fact_caching_prefix?: string | undefined;
  /** Seconds after which kept facts are no longer used; 0: never. Default 86,400. */
  readonly fact_caching_timeout?: number | undefined;
  /** Whether texts stay texts where Ansible without native types reads them: `set_fact` of `yes`. Default false. */
  readonly jinja2_native?: boolean | undefined;
  readonly diff?: boolean | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly skip_tags?: readonly string[] | undefined;
}

/** Where a project's files are, and what the command line says of them. */
export interface ProjectRequest {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** `-i`, in order; empty: `RUNBOOK_INVENTORY`, the settings file, then the usual names. */
  readonly inventory: readonly string[];
  /** `-e`, in order. */
  readonly extraVars: readonly string[];
  readonly selection: Selection;
  /** Decrypts encrypted files and values. Without it they are refused. */
  readonly vault?: Vault | undefined;
  /**
   * Asks the person at the terminal for variables; answers undefined when nobody is there. Left out where a playbook is
   * only looked at.
   */
  readonly ask?: AskPerson | undefined;
  /** Whether facts that earlier runs kept are thrown away. Default false. */
  readonly flushFacts?: boolean | undefined;
}

/** A project's inventory and settings, read. */
export interface Project {
  readonly inventory: Inventory;
  readonly settings: ProjectSettings;
  readonly extraVars: readonly VariableLayer[];
  readonly warnings: readonly Diagnostic[];
}

/** A playbook that is ready to run. */
export interface Prepared extends Project {
  readonly plan: Plan;
  /** Whether it is an ad hoc command. Default false. */
  readonly isAdHoc?: boolean | undefined;
  readonly request: ProjectRequest;
}

/** An ad hoc command: one module on some hosts. */
export interface ExecRequest {
  readonly pattern: string | undefined;
  readonly hosts: readonly string[];
  readonly groups: readonly string[];
  readonly module: string;
  readonly args: string;
}

/** How a prepared plan is carried out. */
export interface RunRequest {
  /** `forks`: default what the project's settings say, else 50. */
  readonly mode: Omit<RunMode, 'forks'> & { readonly forks?: number | undefined };
  readonly flags: ConnectionFlags;
  readonly checkExitCode: boolean;
  /** Asks before each step whether it shall run. Needs `ask`. Default false. */
  readonly confirmSteps?: boolean | undefined;
  /** Default: the user's own. */
  readonly knownHostsFiles?: readonly string[] | undefined;
  /** The folder whose `.runbook` gets the run's folder. Default: that of the playbook. */
  readonly runsIn?: string | undefined;
  /** The ways to the hosts, closed at the end of the run. Default: SSH, and processes of this machine. */
  readonly connections?: Connections | undefined;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly killSignal: AbortSignal;
  /** Given, once the run is under way, a function that tells what happens at the moment it is called. */
  readonly observe?: ((look: () => RunLook) => void) | undefined;
  /** Asks the person at the terminal; undefined when nobody is there, or `signal` took the question back. */
  readonly ask?: AskPerson | undefined;
}

/** How a run ended. */
export interface RunResult {
  readonly runId: string;
  readonly outcome: RunOutcome;
  readonly exitCode: number;
}
