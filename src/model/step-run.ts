import type { IncludeRequest } from './include.ts';
import type { Diff, ModuleResult } from './module.ts';
import type { Outcome } from './outcome.ts';
import type { HandlerNode, InstanceNode, ItemNode, ItemsNode, OnceNode, PlanStep } from './plan.ts';
import type { JoinEnd, StepCoordination } from './step-coordination.ts';
import type { Value } from './value.ts';

/** What the scheduler asks to be carried out. */
export interface StepWork {
  /** `ItemsNode` only where the items of a parallel loop are asked for. */
  readonly node: InstanceNode | OnceNode | HandlerNode | ItemNode | ItemsNode;
  readonly step: PlanStep;
  /** The host that the step runs for. */
  readonly host: string;
  /** All hosts that get the registered result: one, or the batch's live hosts for `run_once`. */
  readonly registerFor: readonly string[];
  /** Live hosts of the play and of its batch at this moment, in order. */
  readonly playHosts: readonly string[];
  readonly batchHosts: readonly string[];
  /** All hosts of the play, failed ones included. */
  readonly allPlayHosts: readonly string[];
  /** Variables of the item of a queue that the step is about; `register` writes here and not to the host. */
  readonly locals?: Map<string, Value> | undefined;
  /** Members of pools that are leased to the step or to what is around it, by pool. */
  readonly leases?: Readonly<Record<string, Value>> | undefined;
  /** Of a step that follows an item of a parallel loop: the step of the loop. */
  readonly loopStep?: PlanStep | undefined;
  /** In a `rescue`: what failed. */
  readonly failure?: { readonly step: PlanStep; readonly result: Value } | undefined;
}

/** How a step reaches back into the scheduler while it runs. */
export interface StepControl {
  readonly signal: AbortSignal;
  /** Whether the step goes on beside its lane: once its request is on the way, it holds no fork. */
  readonly isBackground?: boolean | undefined;
  /** Runs `work` while holding a fork. Everything that talks to a host goes through it; waits never do. */
  fork<T>(work: () => Promise<T>): Promise<T>;
  /** Meets the other hosts before a further pass of the step's loop; undefined for a step without a `barrier`. */
  readonly meetAgain?: (() => Promise<void>) | undefined;
  /** Runs one item of the step's loop with the locks and permits that are taken for each; undefined where there are none. */
  readonly forItem?:
    | (<T extends { readonly outcome: Outcome }>(work: () => Promise<T>) => Promise<T>)
    | undefined;
  /** How long a lost host is tried again, where the step or what is around it holds something; else as usual. */
  readonly lostAfterMs?: number | undefined;
  /** What the step may do with things that all hosts share; undefined where nothing coordinates. */
  readonly coordination?: StepCoordination | undefined;
  /**
   * Waits until the steps that a `join` names have ended, at most so long (default 1 h), without a fork. Rejects when the
   * signal is aborted.
   */
  readonly join?: ((timeoutMs: number | undefined, signal: AbortSignal) => Promise<JoinEnd>) | undefined;
  /** Tells that the step makes progress: a retry, a finished loop item. */
  progress(progress: StepProgress): void;
}

/** What a running step reports before it ends. */
export type StepProgress =
  | { readonly type: 'retry'; readonly attempt: number; readonly of: number; readonly msg: string }
  | {
      readonly type: 'item';
      readonly item: string;
      readonly outcome: Outcome;
      readonly msg?: string | undefined;
      readonly diff?: Diff | readonly Diff[] | undefined;
      readonly durationMs: number;
      readonly result?: Value | undefined;
      readonly ignored?: boolean | undefined;
      /** The host that it is delegated to, with its address where that is another name. */
      readonly delegate?: string | undefined;
    };

/** How a step ended on a host. */
export interface StepOutcome {
  readonly outcome: Outcome;
  readonly ignored?: boolean | undefined;
  readonly msg?: string | undefined;
  readonly rc?: number | undefined;
  readonly diff?: Diff | readonly Diff[] | undefined;
  /** What `register` holds, secrets masked; for `-v` and reports. */
  readonly result?: Value | undefined;
  /** A hint for the user: the next command to type. */
  readonly hint?: string | undefined;
  /** Rendered names of `notify`, when the step changed something. */
  readonly notify: readonly string[];
  readonly meta?: ModuleResult['meta'];
  /** What is to be included, in order. */
  readonly includes?: readonly IncludeRequest[] | undefined;
  /** Whether it was skipped as check mode cannot tell what it would do: others take it as done. */
  readonly leftOut?: boolean | undefined;
  /** Of a failure: whether it is a mistake in the playbook, which no rescue takes up. */
  readonly isMistake?: boolean | undefined;
  /** The item of a parallel loop, as it is shown. */
  readonly item?: string | undefined;
  /** The host that it is delegated to, with its address where that is another name. */
  readonly delegate?: string | undefined;
  /** The step's name with templates rendered, where that worked. */
  readonly title?: string | undefined;
}

/** Carries out one step. Never rejects: every failure is an outcome. */
export type RunStep = (work: StepWork, control: StepControl) => Promise<StepOutcome>;
