import type { z } from 'zod';
import type { CallRequest, HostRequest, Reply } from './host.ts';
import type { IncludeRequest } from './include.ts';
import type { LiveInventory } from './live-inventory.ts';
import type { PipeEnd, PipeSide } from './pipe.ts';
import type { JoinEnd, SharedValues, StepCoordination } from './step-coordination.ts';
import type { Secret, Value } from './value.ts';

/** A difference as shown by `--diff`, in Ansible's shape. */
export interface Diff {
  readonly before: string;
  readonly after: string;
  /** File names or headers of the two sides. */
  readonly beforeHeader?: string | undefined;
  readonly afterHeader?: string | undefined;
}

/** Fields that a module returns besides `changed`, `failed`, `msg`, `rc` and the like; Ansible's names. */
export type ResultFields = Readonly<Record<string, Value>>;

/** What one run of a module comes to. `fields` is what `register` sees. */
export interface ModuleResult {
  readonly changed: boolean;
  readonly failed?: boolean | undefined;
  readonly skipped?: boolean | undefined;
  readonly msg?: string | undefined;
  /** Whether `msg` is for reports alone, and no field of the registered result. */
  readonly isMsgReport?: boolean | undefined;
  readonly rc?: number | undefined;
  readonly diff?: Diff | readonly Diff[] | undefined;
  readonly fields?: ResultFields | undefined;
  /**
   * Facts to remember for the host: `set_fact`, `setup` (there with the `ansible_` prefix dropped), `include_vars` (there
   * with templates in them), those that a module of the project returned.
   */
  readonly facts?:
    | {
        readonly values: ResultFields;
        readonly kind: 'gathered' | 'set' | 'included' | 'returned';
        /** Whether values that were set count as facts too, which outlast the run where facts are kept. */
        readonly isKept?: boolean | undefined;
      }
    | undefined;
  /** What `meta` asks of the scheduler. */
  readonly meta?:
    | 'end_host'
    | 'end_play'
    | 'end_batch'
    | 'clear_facts'
    | 'clear_host_errors'
    | 'reset_connection'
    | 'noop'
    | undefined;
  /** The steps that are to be added to the run. */
  readonly include?: (Omit<IncludeRequest, 'variables'> & Partial<IncludeRequest>) | undefined;
}

/** What `plan` finds. A no-op says why; a change says what, and is carried out by `apply` exactly so. */
export type ModulePlan<Change> =
  | {
      readonly type: 'none';
      readonly reason: string;
      readonly result?: Omit<ModuleResult, 'changed'> | undefined;
    }
  | {
      readonly type: 'change';
      readonly change: Change;
      readonly result?: Omit<ModuleResult, 'changed'> | undefined;
      /** What the change would leave on the host, in order; check mode lays it over later probes there. */
      readonly leaves?: readonly PlannedPath[] | undefined;
    }
  | {
      readonly type: 'failed';
      readonly msg: string;
      readonly result?: Omit<ModuleResult, 'changed' | 'msg'> | undefined;
    };

/** What a planned change would leave at a path of a host. A path below an absent one is absent too. */
export interface PlannedPath {
  /** Absolute. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'link' | 'absent';
  /** Of a file, where it is known. */
  readonly content?: Buffer | undefined;
  /** What a link leads to. */
  readonly target?: string | undefined;
  /** Permission bits. */
  readonly mode?: number | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  /** A directory above what was planned: it counts only where the host has nothing at its path. */
  readonly implied?: boolean | undefined;
}

/** What surrounds a module's run: data and the few things of the controller that it may use. */
export interface ModuleContext {
  readonly hostName: string;
  /** The host that requests go to, where the step may be delegated; undefined: its own. */
  readonly actsOn?: string | undefined;
  readonly checkMode: boolean;
  readonly diffMode: boolean;
  readonly verbosity: number;
  /** `environment` of the step. */
  readonly env: Readonly<Record<string, string | Secret>>;
  readonly timeoutMs?: number | undefined;
  readonly noLog: boolean;
  /** Whether a text that says yes or no stays a text (`set_fact`). Default false. */
  readonly keepsTexts?: boolean | undefined;
  readonly signal: AbortSignal;
  /** Reads a file of the controller (searched like `copy`'s `src`: beside the playbook, in `files/`). */
  readonly files: ControllerFiles;
  /** Renders template text with the step's variables (module `template`). */
  renderTemplate(text: string, options: TemplateFileOptions): string;
  /** Evaluates an expression to a value (`debug: var=`, `assert: that=`). */
  evaluate(expression: string): Value;
  /** Whether a condition holds, as `when` reads it (`assert: that=`). */
  holds(condition: string): boolean;
  /** Asks the person at the terminal; undefined when nobody is there. Asked once for a step and batch, however many hosts it has. */
  ask?: ((prompt: string, options: { readonly echo: boolean }) => Promise<string | undefined>) | undefined;
  /** Sends a request to the host (in `apply`, and in modules with `run`). Holds a fork while in flight. */
  send(request: HostRequest): Promise<Reply>;
  /** In check mode: what an earlier step of this run would have left at a path of the host; the last one counts. */
  planned?: ((path: string) => PlannedPath | undefined) | undefined;
  /** Changes what all hosts share; undefined where there is no run around the step. */
  readonly coordination?: StepCoordination | undefined;
  /** Changes the inventory of the run; undefined where there is none. */
  readonly inventory?: Pick<LiveInventory, 'addHost' | 'group' | 'refresh'> | undefined;
  /** Reads a file of variables of the controller, decrypted. Rejects with a RunbookError. */
  readVariables?: ((absolutePath: string) => Promise<Readonly<Record<string, Value>>>) | undefined;
  /** How the step's work is to go on by itself: a module with `detaches` heeds it. */
  readonly detached?: DetachedWork | undefined;
  readonly jobs?: Jobs | undefined;
  /** Reads what all hosts share. */
  readonly shared?: SharedValues | undefined;
  /** Streams the output of a command on one host into a command on another; undefined where there are no hosts. */
  pipe?: ((from: PipeSide, to: PipeSide) => Promise<PipeEnd>) | undefined;
  /** Waits for the steps that a `join` names; undefined where there is no run around the step. */
  join?: ((timeoutMs: number | undefined) => Promise<JoinEnd>) | undefined;
  /** Waits without holding a fork. Rejects when the run is cancelled. */
  sleep(durationMs: number): Promise<void>;
}

/** Work of a step with `async`. */
export interface DetachedWork {
  readonly jobId: string;
  /** How long it may go on. */
  readonly limitMs: number;
  /** How long to wait before each time it is asked for; 0: the step only starts it. */
  readonly pollMs: number;
}

/** Results of jobs of one host that had ended when their step had. */
export interface Jobs {
  find(jobId: string): ModuleResult | undefined;
  forget(jobId: string): void;
}

/** Template options that a template's `#jinja2:` header or the `template` module's parameters set. */
export interface TemplateFileOptions {
  readonly name: string;
  readonly trimBlocks?: boolean | undefined;
  readonly lstripBlocks?: boolean | undefined;
  readonly newlineSequence?: string | undefined;
  readonly variableStart?: string | undefined;
  readonly variableEnd?: string | undefined;
  readonly blockStart?: string | undefined;
  readonly blockEnd?: string | undefined;
  readonly commentStart?: string | undefined;
  readonly commentEnd?: string | undefined;
  /** Variables beside the step's own, e.g. `ansible_managed`, `template_path`. */
  readonly extraVars?: Readonly<Record<string, Value>> | undefined;
}

/** The controller's files, as modules may use them. Paths that leave the project through `..` are refused. */
export interface ControllerFiles {
  /** The absolute path of a source file: as given when absolute, else searched in the play's folders. */
  find(path: string, folder: 'files' | 'templates' | 'tasks' | 'vars'): Promise<string>;
  read(absolutePath: string): Promise<Buffer>;
  /** The content; of a file that is encrypted as a whole, the plain content. Rejects with RB131, RB134 where nothing decrypts it. */
  readPlain(absolutePath: string): Promise<{ readonly bytes: Buffer; readonly wasEncrypted: boolean }>;
  stat(absolutePath: string): Promise<
    | {
        readonly isDirectory: boolean;
        readonly mode: number;
        readonly size: number;
        /** Number of its user. */
        readonly uid?: number | undefined;
        readonly modifiedAtMs?: number | undefined;
      }
    | undefined
  >;
  /** Names in a directory, sorted. */
  list(absolutePath: string): Promise<readonly string[]>;
  /** Writes a file of the controller (module `fetch`), creating folders; atomic. */
  write(absolutePath: string, content: Buffer): Promise<void>;
  /** The directory of the playbook. */
  readonly projectDir: string;
}

/** A probe: read-only requests built from the parameters, with a parser for their answer. */
export interface Probe<State> {
  readonly request: CallRequest;
  /** Reads the reply, or asks a second and last round. Throws an Error with a message for people when it is malformed. */
  parse(reply: Reply): State | Probe<State>;
}

/** What every module says of itself. */
export interface ModuleHead<Schema extends z.ZodType> {
  readonly name: string;
  /** Further names that mean the same: `ansible.builtin.` and the like are stripped before the look-up. */
  readonly aliases?: readonly string[] | undefined;
  /** One sentence. */
  readonly summary: string;
  /** Longer text for `runbook doc`, and the differences from Ansible's module of that name. */
  readonly description?: string | undefined;
  /** A strict object; describes rendered values. Defaults and aliases included. */
  readonly params: Schema;
  /** Other spellings of parameters: `{dest: 'path'}` reads `dest` as `path`. Applied before the schema. */
  readonly paramAliases?: Readonly<Record<string, string>> | undefined;
  /** The parameter that text in place of a mapping fills: `command: uptime`. With `k=v` words as Ansible splits them. */
  readonly freeForm?: string | undefined;
  /** Parameters that are not rendered before the module sees them (`debug: var`, `assert: that`). */
  readonly rawParams?: readonly string[] | undefined;
  /** Whether its work can go on by itself on the host; that of others has ended when their step has. */
  readonly detaches?: boolean | undefined;
  /** Whether secrets in parameters stay `Secret` objects: for a module that keeps values and is no sink of them. */
  readonly keepsSecrets?: boolean | undefined;
  /** What of the host it keeps to itself: steps that use the same run one after the other there, without being told to. */
  readonly uses?: { readonly packageDatabase?: boolean | undefined } | undefined;
  /** Returned fields, name to meaning. */
  readonly returns?: Readonly<Record<string, string>> | undefined;
  readonly examples: readonly { readonly title: string; readonly yaml: string }[];
}

/** A module that looks, plans and then changes: the law-abiding kind. */
export interface ProbingModule<Schema extends z.ZodType, State, Change> extends ModuleHead<Schema> {
  readonly type: 'probing';
  /** Reads files of the controller and the like; its value is given to `probe` and `plan`. */
  prepare?(params: z.output<Schema>, context: ModuleContext): Promise<unknown>;
  probe(params: z.output<Schema>, context: ModuleContext, prepared: unknown): Probe<State> | undefined;
  /** Pure. The same parameters and state give the same plan. */
  plan(params: z.output<Schema>, state: State, context: ModuleContext, prepared: unknown): ModulePlan<Change>;
  /** Does exactly the change. */
  apply(change: Change, context: ModuleContext): Promise<ModuleResult>;
}

/** A module that is an action: a command, a wait, something on the controller. */
export interface ActionModule<Schema extends z.ZodType> extends ModuleHead<Schema> {
  readonly type: 'action';
  /** `remote`: talks to the host. `controller`: does not, and needs no connection. */
  readonly where: 'remote' | 'controller';
  /** In check mode: `run` as usual (it changes nothing or heeds `context.checkMode`), or `skip` (left out). */
  readonly checkMode: 'run' | 'skip';
  run(params: z.output<Schema>, context: ModuleContext): Promise<ModuleResult>;
}

/** A module of any kind, as the registry holds it. */
export type ModuleSpec = ProbingModule<z.ZodType, unknown, unknown> | ActionModule<z.ZodType>;

/** A module as it is written: its schema is made when it is first needed, as most runs need few of them. */
export type Written<Spec extends { readonly params: z.ZodType }> = Omit<Spec, 'type' | 'params'> & {
  readonly params: () => Spec['params'];
};

/** Defines a probing module; types flow from `probe` to `plan` to `apply` by inference. */
export function defineProbingModule<Schema extends z.ZodType, State, Change>(
  spec: Written<ProbingModule<Schema, State, Change>>,
): ModuleSpec {
  // The registry forgets the three type parameters; each method is only ever given what the same module made.
  return withParamsMadeOnce('probing', spec) as ModuleSpec;
}

/** Defines an action module. */
export function defineActionModule<Schema extends z.ZodType>(
  spec: Written<ActionModule<Schema>>,
): ModuleSpec {
  // As above.
  return withParamsMadeOnce('action', spec) as ModuleSpec;
}

function withParamsMadeOnce(type: ModuleSpec['type'], spec: { readonly params: () => z.ZodType }): object {
  let made: z.ZodType | undefined;
  const get = () => {
    made ??= spec.params();
    return made;
  };
  return Object.defineProperty({ type, ...spec }, 'params', { enumerable: true, get });
}
