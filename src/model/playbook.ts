import type { Declarations } from './declarations.ts';
import type { LimitRelease, LimitUse } from './limit-use.ts';
import type { Place } from './place.ts';
import type { ReusedSteps } from './reuse.ts';
import type { Value } from './value.ts';
import type { VariablePrompt } from './variable-prompt.ts';
import type { VariableLayer } from './variables.ts';

export type { Declarations, Scope } from './declarations.ts';
export type { LimitRelease, LimitUse } from './limit-use.ts';
export type { ReusedSteps } from './reuse.ts';
export type { VariablePrompt } from './variable-prompt.ts';

/** A condition as written: an expression without braces, or a literal. A list of them means all. */
export type Condition = string | boolean;

/** `needs: x` or `needs: {step: x, hosts: all, accept: ended}`. */
export interface Need {
  /** A step's id in the same play, or `play-id.step-id`. */
  readonly step: string;
  /** `same`: x on the same host where it runs there, else on all; `all`: on all its hosts. */
  readonly hosts: 'same' | 'all';
  /** `ok`: x must be ok, changed, skipped, ignored or rescued. `ended`: x must only have ended. */
  readonly accept: 'ok' | 'ended';
  readonly at: Place;
}

/** One event of `wait`. */
export interface EventWait {
  readonly event: string;
  /** A duration as written; undefined: the default deadline (none for an external event). */
  readonly timeout?: Value | undefined;
  readonly onTimeout: 'fail' | 'continue';
  readonly at: Place;
}

/** One event of `set` or `clear`. */
export interface EventSet {
  readonly event: string;
  /** `all`: when all instances of the step in its play have ended well; `first`: at the first. */
  readonly after: 'all' | 'first';
  readonly at: Place;
}

/**
 * `repeat` of a block: its steps run again and again, on each host by itself. Gates and limits of the block hold for it as
 * a whole: passed and taken before the first pass, given back after the last. A `barrier` in it meets once per pass, with
 * the hosts that may still come to that pass: not those that repeat no more, nor those that are past it. A pass has ended
 * when what it began in the background has; where that fails, and no step of the pass joins it, the pass fails.
 */
export interface Repeat {
  /** Read before each pass. */
  readonly while?: readonly Condition[] | undefined;
  /** A duration as written: from the begin of a pass to the begin of the next, at least. */
  readonly every?: Value | undefined;
  readonly max?: number | undefined;
  readonly at: Place;
}

/** `consume` of a block: the block runs once for each item that a host gets from a queue. */
export interface Consume {
  readonly queue: string;
  /** The variable that holds the item. */
  readonly as: string;
  /** Items that one host works on at a time. */
  readonly workers: number;
  /** How often an item whose block failed is returned to the queue. */
  readonly retries: number;
  readonly at: Place;
}

/** A loop: `loop`, or a `with_x`. `value` is raw. */
export interface Loop {
  readonly form:
    | 'loop'
    | 'items'
    | 'list'
    | 'dict'
    | 'fileglob'
    | 'first_found'
    | 'together'
    | 'subelements'
    | 'nested'
    | 'sequence'
    | 'flattened'
    | 'file'
    | 'indexed_items'
    | 'lines'
    | 'random_choice'
    | 'inventory_hostnames'
    | 'env'
    | 'cartesian'
    | 'config'
    | 'csvfile'
    | 'ini'
    | 'password'
    | 'pipe'
    | 'template'
    | 'unvault'
    | 'url'
    | 'varnames'
    | 'vars';
  readonly value: Value;
  readonly at: Place;
}

/** `loop_control`. */
export interface LoopControl {
  readonly loopVar: string;
  readonly indexVar?: string | undefined;
  readonly label?: Value | undefined;
  readonly pause?: Value | undefined;
  readonly extended?: boolean | undefined;
  /** Whether `ansible_loop` holds all items. Default true. */
  readonly extendedAllItems?: boolean | undefined;
  readonly breakWhen?: readonly Condition[] | undefined;
}

/**
 * The keywords of a step, a block or a play, in one normal form. Only what was written is present. A `Value` may be a
 * template; it is rendered for each instance.
 */
export interface Keywords {
  readonly when?: readonly Condition[] | undefined;
  readonly loop?: Loop | undefined;
  readonly loopControl?: LoopControl | undefined;
  readonly register?: string | undefined;
  readonly notify?: readonly string[] | undefined;
  readonly listen?: readonly string[] | undefined;
  readonly until?: readonly Condition[] | undefined;
  readonly retries?: Value | undefined;
  readonly delay?: Value | undefined;
  readonly backoff?: Value | undefined;
  /** How long the step's work may go on by itself, and how often it is asked for; 0: never. */
  readonly async?: Value | undefined;
  readonly poll?: Value | undefined;
  readonly timeout?: Value | undefined;
  readonly ignoreErrors?: Value | undefined;
  readonly ignoreUnreachable?: Value | undefined;
  readonly changedWhen?: readonly Condition[] | undefined;
  readonly failedWhen?: readonly Condition[] | undefined;
  readonly checkMode?: Value | undefined;
  readonly diff?: Value | undefined;
  readonly become?: Value | undefined;
  readonly becomeMethod?: Value | undefined;
  readonly becomeUser?: Value | undefined;
  readonly becomePassword?: Value | undefined;
  readonly becomeExe?: Value | undefined;
  readonly becomeFlags?: Value | undefined;
  /** Mappings or templates, outermost first: a later one wins. */
  readonly environment?: readonly Value[] | undefined;
  /** Where short names of modules and roles are looked for first: `namespace.collection`. */
  readonly collections?: readonly string[] | undefined;
  readonly delegateTo?: Value | undefined;
  readonly delegateFacts?: Value | undefined;
  readonly runOnce?: boolean | undefined;
  readonly noLog?: Value | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly throttle?: number | undefined;
  readonly parallel?: number | undefined;
  /** Steps for each item of a parallel loop that ended well, or failed. */
  readonly onSuccess?: readonly Step[] | undefined;
  readonly onFailure?: readonly Step[] | undefined;
  readonly connection?: Value | undefined;
  readonly remoteUser?: Value | undefined;
  readonly port?: Value | undefined;
  readonly anyErrorsFatal?: Value | undefined;
  readonly moduleDefaults?: Readonly<Record<string, Readonly<Record<string, Value>>>> | undefined;
  readonly background?: 'wait' | 'daemon' | undefined;
  readonly needs?: readonly Need[] | undefined;
  readonly wait?: readonly EventWait[] | undefined;
  readonly set?: readonly EventSet[] | undefined;
  readonly clear?: readonly EventSet[] | undefined;
  readonly limits?: readonly LimitUse[] | undefined;
  readonly release?: readonly LimitRelease[] | undefined;
  readonly barrier?: string | undefined;
  readonly consume?: Consume | undefined;
  readonly repeat?: Repeat | undefined;
}

/** What a step does. */
export type StepAction =
  | {
      readonly type: 'module';
      /** The canonical module name, or undefined where no such module exists (an error only when reached). */
      readonly module: string | undefined;
      /** The name as written. */
      readonly written: string;
      /** Raw parameters: aliases and free form already resolved to the module's own names. */
      readonly params: Readonly<Record<string, Value>>;
      /** `args: "{{ mapping }}"` and the like: a template that gives further parameters. */
      readonly paramsTemplate?: string | undefined;
      /** `apply` of an include: keywords of its steps. */
      readonly apply?: Keywords | undefined;
      /** `vars` in `apply`. */
      readonly applyVars?: VariableLayer | undefined;
      readonly at: Place;
    }
  | {
      readonly type: 'block';
      readonly body: readonly Step[];
      readonly rescue: readonly Step[];
      readonly always: readonly Step[];
      /**
       * Set where the block stands for the steps of another file. Such a block is no node of its own unless its keywords
       * ask for one: its steps belong to the list that holds it.
       */
      readonly reuse?: ReusedSteps | undefined;
    }
  | PassesAction
  | { readonly type: 'none' };

/**
 * What stands in the plan for a block that runs more than once: the block of one pass, which is added to the run for each.
 * Never written: compiling makes it of a block with `loop`, `until` or `retries`.
 */
export interface PassesAction {
  readonly type: 'passes';
  /** One item of the loop, or one attempt. */
  readonly pass: Step;
  /** Of attempts: the step at the end of each that fails where `until` does not hold. */
  readonly until?: Step | undefined;
}

/** A step, a handler or a block, as written and checked. */
export interface Step {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly at: Place;
  readonly action: StepAction;
  readonly keywords: Keywords;
  /** Variables of the step (`vars:`). */
  readonly vars?: VariableLayer | undefined;
  /** Where each keyword's value stands, by the key as written. */
  readonly places: Readonly<Record<string, Place>>;
}

/** A play. */
export interface Play {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly at: Place;
  readonly dialect: 'native' | 'ansible';
  /** A host pattern, or a list of them joined by `,`; may be a template of playbook-level variables. */
  readonly hosts: string;
  readonly hostsAt: Place;
  readonly strategy: 'free' | 'linear';
  readonly order: 'inventory' | 'reverse_inventory' | 'sorted' | 'reverse_sorted' | 'shuffle';
  /** Each entry a number of hosts or a percentage; a template is rendered at compile time. */
  readonly serial: readonly (number | string)[];
  readonly maxFailPercentage?: number | undefined;
  readonly gatherFacts: boolean | 'when-read';
  readonly gatherSubset?: readonly string[] | undefined;
  /** Seconds after which programs that hang are ended, and the folder of local facts; each may be a template. */
  readonly gatherTimeout?: Value | undefined;
  readonly factPath?: Value | undefined;
  readonly forceHandlers: boolean;
  /** Ids of plays this one waits for; undefined: every earlier play that nothing follows yet. */
  readonly needs?: readonly { readonly play: string; readonly at: Place }[] | undefined;
  readonly keywords: Keywords;
  /** `vars`, then `vars_files` and prompts, lowest precedence first. */
  readonly layers: readonly VariableLayer[];
  /** `vars_files` whose names are templates: read when the play starts, for each host. */
  readonly dynamicVarsFiles?: readonly Value[] | undefined;
  /** `vars_prompt`: variables that are asked for before the run. */
  readonly varsPrompt?: readonly VariablePrompt[] | undefined;
  readonly preTasks: readonly Step[];
  readonly steps: readonly Step[];
  readonly postTasks: readonly Step[];
  readonly handlers: readonly Step[];
  readonly places: Readonly<Record<string, Place>>;
}

/** A whole playbook, checked. */
export interface Playbook {
  readonly name: string;
  readonly file: string;
  readonly dialect: 'native' | 'ansible';
  /** Playbook-level variables. */
  readonly layers: readonly VariableLayer[];
  /** Values of `params`, checked by their JSON Schemas; they have the precedence of `-e`. */
  readonly params: Readonly<Record<string, Value>>;
  readonly declarations: Declarations;
  readonly plays: readonly Play[];
}
