import type { Diff } from './module.ts';
import type { HostCounts, Outcome, RunOutcome } from './outcome.ts';
import type { Place } from './place.ts';
import type { NodeId, Plan, PlanNode } from './plan.ts';
import type { StepProgress } from './step-run.ts';
import type { Value } from './value.ts';
import type { WaitKind } from './wait.ts';

/** A step as reports know it. */
export interface StepInfo {
  readonly index: number;
  readonly title: string;
  readonly id?: string | undefined;
  /** The module's name as written; absent for a step that only waits, sets or meets. */
  readonly module?: string | undefined;
  readonly at: Place;
  readonly play: number;
  readonly handler: boolean;
  /** How many instances the plan holds of it. */
  readonly instances: number;
  /** Of a step in passes of blocks: which ones, outermost first. */
  readonly pass?: string | undefined;
  /** Whether its results must not be shown. */
  readonly noLog: boolean;
}

/** Everything that happens in a run, in order. Secrets are masked before a reporter sees one. */
export type RunEvent =
  | {
      readonly type: 'run-started';
      readonly runId: string;
      readonly playbook: string;
      readonly checkMode: boolean;
      readonly diffMode: boolean;
      readonly plays: readonly {
        readonly index: number;
        readonly name: string;
        readonly hosts: readonly string[];
      }[];
      readonly steps: readonly StepInfo[];
      readonly hosts: readonly string[];
      /** Milliseconds since the epoch. */
      readonly atMs: number;
      /** The plan, for reports that follow its edges; never shown as it is. */
      readonly plan?: Plan | undefined;
    }
  | {
      readonly type: 'play-started';
      readonly play: number;
      /** Set for a play whose hosts became known only then. */
      readonly hosts?: readonly string[] | undefined;
    }
  | {
      readonly type: 'step-waiting';
      readonly node: NodeId;
      /** Absent for a block or a play that waits as a whole. */
      readonly step?: number | undefined;
      /** Absent for a play. */
      readonly host?: string | undefined;
      /** Who waits, in words. */
      readonly who: string;
      /** What is waited for, in words. */
      readonly for: string;
      readonly kind: WaitKind;
      /** Who holds it or has to act first, in words; the first ones of many. As it is when it is read. */
      readonly holders: readonly string[];
    }
  /** The end of a wait, good or bad. */
  | {
      readonly type: 'wait-ended';
      readonly node: NodeId;
      readonly step?: number | undefined;
      readonly host?: string | undefined;
      readonly for: string;
      readonly kind: WaitKind;
      readonly waitedMs: number;
      /** The node whose act or end let it through, where one did. */
      readonly by?: NodeId | undefined;
    }
  /** What a step, block or play has taken before it went on; given back when its node, or its block or play, ends. */
  | {
      readonly type: 'limits-taken';
      readonly node: NodeId;
      readonly limits: readonly {
        readonly limit: string;
        readonly capacity: number;
        readonly permits: number;
      }[];
    }
  /** Nodes that the plan did not hold: items of a loop, the work on an item of a queue. */
  | { readonly type: 'nodes-added'; readonly parent: NodeId; readonly nodes: readonly PlanNode[] }
  /** Steps that were included in the run; one that is told again has more instances. */
  | { readonly type: 'steps-added'; readonly steps: readonly StepInfo[] }
  | { readonly type: 'step-started'; readonly node: NodeId; readonly step: number; readonly host: string }
  | {
      readonly type: 'step-progress';
      readonly node: NodeId;
      readonly step: number;
      readonly host: string;
      readonly progress: StepProgress;
    }
  | StepFinished
  /** All instances of a step have ended, those too that end without an event (handlers not notified). */
  | { readonly type: 'step-settled'; readonly step: number }
  | {
      readonly type: 'notice';
      readonly severity: 'info' | 'warning';
      readonly host?: string | undefined;
      readonly message: string;
      readonly hint?: string | undefined;
    }
  | {
      readonly type: 'run-finished';
      readonly runId: string;
      readonly outcome: RunOutcome;
      readonly exitCode: number;
      readonly hosts: Readonly<Record<string, HostCounts>>;
      readonly durationMs: number;
      /** Whether the user interrupted the run. */
      readonly interrupted: boolean;
      /** Handlers that were notified and did not run, by host. */
      readonly owedHandlers: Readonly<Record<string, readonly string[]>>;
      /** Time that steps and blocks waited, apart from their work, by host; hosts that never waited are left out. */
      readonly waitedMs?: Readonly<Record<string, number>> | undefined;
    };

/** A file of steps, or a role, that a step has included. */
export interface IncludedName {
  readonly kind: 'tasks' | 'role';
  /** Of a file its absolute path. */
  readonly name: string;
  /** In a loop: what its item is called. */
  readonly item?: string | undefined;
}

/** The end of one instance. */
export interface StepFinished {
  readonly type: 'step-finished';
  readonly node: NodeId;
  readonly step: number;
  readonly title: string;
  readonly host: string;
  readonly item?: Value | undefined;
  readonly outcome: Outcome;
  readonly rc?: number | undefined;
  readonly durationMs: number;
  /** Time spent waiting for gates, limits and a fork. */
  readonly waitedMs: number;
  readonly msg?: string | undefined;
  readonly hint?: string | undefined;
  readonly diff?: Diff | readonly Diff[] | undefined;
  readonly result?: Value | undefined;
  /** Of a step that included others: what it brought, in order. */
  readonly included?: readonly IncludedName[] | undefined;
  /** The host that the step is delegated to, with its address where that is another name. */
  readonly delegate?: string | undefined;
  readonly ignored?: boolean | undefined;
  readonly rescued?: boolean | undefined;
  /** Of a cancelled one: whether that was because a rescue took over. It counts for nothing. */
  readonly passedOver?: boolean | undefined;
}

/** Receives events; must not throw and must return soon. */
export type Emit = (event: RunEvent) => void;
