import type { Claims } from '../coordinate/claims.ts';
import type { Coordinator } from '../coordinate/coordinator.ts';
import type { Clock } from '../lib/clock.ts';
import type { BlockSeries } from '../model/block-series.ts';
import type { Emit } from '../model/event.ts';
import type { Growth, IncludedSteps, IncludeRequest, IncludeSite } from '../model/include.ts';
import type { HostCounts, RunOutcome } from '../model/outcome.ts';
import type { ConsumeNode, Fragment, ItemsNode, NodeId, PlanNode, PlanStep } from '../model/plan.ts';
import type { Condition } from '../model/playbook.ts';
import type { RunLook } from '../model/run-look.ts';
import type { StepControl, StepOutcome, StepWork } from '../model/step-run.ts';
import type { Value } from '../model/value.ts';

/** How a plan is carried out, and what the scheduler needs from other stages. */
export interface ScheduleOptions {
  /** Requests in flight at most; at least 1. */
  readonly forks: number;
  /** Events, locks and the like. Events that already count as set are set before the call. */
  readonly coordinator: Coordinator;
  readonly clock: Clock;
  readonly emit: Emit;
  /** For hints: the next command to type. */
  readonly runId?: string | undefined;
  /** Whether external events count as set from the start: in check mode nobody sets them. */
  readonly assumeExternal?: boolean | undefined;
  /** Given, once the run is set up, a function that tells what happens at the moment it is called. */
  readonly observe?: ((look: () => ScheduleLook) => void) | undefined;
  /** The first interrupt: nothing new starts, what runs is told to end and is awaited. */
  readonly signal?: AbortSignal | undefined;
  /** The second interrupt: the result is given at once; what still runs counts as unknown. */
  readonly killSignal?: AbortSignal | undefined;
  /** Whether a connection to the host is open; breaks ties between ready steps. */
  readonly isOpen?: ((host: string) => boolean) | undefined;
  /** The title of a step that ends without having run. Default: as written. */
  readonly titleOf?: ((step: PlanStep, host: string) => string) | undefined;
  /** What runs of one controller share. Default: nothing, so that a global lock is one of this run. */
  readonly claims?: Claims | undefined;
  /** Whether a step uses the database of packages of its host, which one at a time may. Default: none does. */
  readonly usesPackages?: ((step: PlanStep) => boolean) | undefined;
  /** The value of a limit's `key` on a host. Default: as the plan has it. */
  readonly renderKey?: ((key: string, step: PlanStep | undefined, host: string) => string) | undefined;
  /** Makes the nodes of a parallel loop, numbered from `firstId`. Rejects with a message for people. */
  readonly expand?: ((request: ExpandRequest) => Promise<Expansion> | Expansion) | undefined;
  /**
   * Chooses the hosts of a play that are known only when it is reached, and makes its nodes, numbered from `firstId`; the
   * plan has them then. `end` is the last of them. @throws RunbookError
   */
  readonly openPlay?:
    | ((
        play: number,
        firstId: NodeId,
      ) => { readonly nodes: readonly PlanNode[]; readonly end: NodeId | undefined })
    | undefined;
  /** Reads and compiles what steps include. */
  readonly includer?: ScheduleIncluder | undefined;
  /** An item of a parallel loop as it is shown. Default: as it is. */
  readonly labelOf?: ((step: PlanStep, item: Value) => string) | undefined;
  /** What a block that runs more than once does on a host. @throws RunbookError RB611 where it cannot be rendered */
  readonly seriesOf?: ((work: ConditionWork) => Promise<BlockSeries>) | undefined;
  /** Whether conditions hold on a host: of a repeated block, or of an item of a looped one. Default: they do. */
  readonly holds?: ((work: ConditionWork, conditions: readonly Condition[]) => Promise<boolean>) | undefined;
  /** Whether repeated blocks have one pass, and what is set in them stays set: in check mode. */
  readonly singlePass?: boolean | undefined;
  /** Makes the nodes of a consumer's block for one item, numbered from `firstId`. */
  readonly expandPass?: ((request: PassRequest) => Fragment) | undefined;
  /** Told when all items of a parallel loop have ended, before anything behind the loop starts; in item order. */
  readonly collect?: ((work: ItemsWork, results: readonly (StepOutcome | undefined)[]) => void) | undefined;
}

/** Brings further steps into the run. */
export interface ScheduleIncluder {
  /** Reads what a step includes. Rejects with a RunbookError that tells everything that is wrong with it. */
  load(work: StepWork, requests: readonly IncludeRequest[]): Promise<readonly IncludedSteps[]>;
  /** Adds it to the plan, and makes its nodes. @throws RunbookError with everything that it is refused for */
  make(site: IncludeSite, included: readonly IncludedSteps[]): Growth;
}

/** What is known of a parallel loop when its items are made. */
export type ItemsWork = Omit<StepWork, 'node'> & { readonly node: ItemsNode };

/** The nodes of a parallel loop, or why the loop is skipped. */
export type Expansion = Fragment | { readonly skip: string };

/** What is known of a block that runs more than once when a condition of it is read. */
export type ConditionWork = Omit<StepWork, 'node'>;

/** A request to expand a node. */
export interface ExpandRequest {
  readonly work: ItemsWork;
  /** Nodes are given new numbers where another loop was expanded before this one's nodes came. */
  readonly firstId: NodeId;
  readonly control: StepControl;
}

/** A request for the nodes of a consumer's block for one item. */
export interface PassRequest {
  readonly node: ConsumeNode;
  readonly item: Value;
  readonly firstId: NodeId;
}

/** What the scheduler knows of a run at a moment. */
export type ScheduleLook = Pick<RunLook, 'ended' | 'total' | 'activities' | 'events'>;

/** How a run went. */
export interface ScheduleResult {
  readonly outcome: RunOutcome;
  /** The recap; every host of the plan has an entry. */
  readonly hosts: Readonly<Record<string, HostCounts>>;
  /** Whether any step changed something. */
  readonly changed: boolean;
  /** Whether a failure was neither ignored nor rescued. */
  readonly failed: boolean;
  readonly unreachable: boolean;
  readonly unknown: boolean;
  /** Whether a wait failed because another run holds what it waits for. */
  readonly heldElsewhere: boolean;
  /** Messages of our own bugs; empty in a sound run. */
  readonly internalErrors: readonly string[];
  readonly interrupted: boolean;
  /** Time that steps and blocks waited, by host; hosts that never waited are left out. */
  readonly waitedMs: Readonly<Record<string, number>>;
  /** Names of handlers that were notified and did not run, by host. */
  readonly owedHandlers: Readonly<Record<string, readonly string[]>>;
  /** Items that nobody has done: of a queue for dead letters, or left behind in another; by queue, empty ones left out. */
  readonly leftItems: Readonly<Record<string, readonly Value[]>>;
}
