import type { Holder } from '../coordinate/operation.ts';
import { Stop } from '../lib/stop.ts';
import type {
  ConsumeNode,
  HandlerNode,
  InstanceNode,
  ItemNode,
  ItemsNode,
  NodeId,
  OnceNode,
  PlanStep,
} from '../model/plan.ts';
import type { Value } from '../model/value.ts';
import type { WaitKind } from '../model/wait.ts';
import type { Hold } from './limit-uses.ts';

/** Nodes that carry a step. */
export type StepNode = InstanceNode | OnceNode | HandlerNode | ItemNode | ItemsNode | ConsumeNode;

/** A step of a node, on the host that it runs for. */
export interface StepAt {
  readonly node: StepNode;
  readonly step: PlanStep;
  /** Index of the host. */
  readonly host: number;
}

/** Something that is waited for: its name as the coordinator knows it. */
export interface Awaited {
  readonly kind: WaitKind;
  readonly name: string;
  /** In words. */
  readonly what: string;
  /** Who holds it, where only those who wait know. */
  readonly holders?: readonly string[] | undefined;
}

/** A wait under way. */
export interface WaitUnderWay extends Awaited {
  readonly host: string;
  /** Set when it begins. */
  sinceMs: number;
}

/** Who waits for one external event. */
export interface ExternalWait {
  readonly waiting: Set<string>;
  /** Ends the notices about it. */
  stop(): void;
}

/** What waits or runs at this moment. */
export interface Active {
  readonly id: NodeId;
  readonly holder: Holder;
  /** Undefined for a block or a play that waits for its gates and limits. */
  readonly at?: StepAt | undefined;
  phase: 'waiting' | 'running';
  /** Whether its present wait ends by itself: an author's own timeout, or an event from outside. */
  timed: boolean;
  readonly readyMs: number;
  runMs: number;
  forkWaitMs: number;
  holds: Hold[];
  /** What the step sees of pools; changes from item to item of a loop. */
  leases?: Record<string, Value> | undefined;
  /** Set where a wait failed because another run holds what was waited for. */
  heldElsewhere?: boolean | undefined;
  /** Set while a running `join` waits for steps: whether the author limited the wait. */
  joining?: { readonly isTimed: boolean } | undefined;
  /** What it waits for now; a consumer may wait with several workers. */
  waits?: WaitUnderWay[] | undefined;
  /** Time that it has waited while it ran. */
  innerWaitMs?: number | undefined;
  stop?: Stop | undefined;
  /** Set on a daemon that was told to end because all else has ended. */
  dismissed?: boolean | undefined;
}

/** What ends a wait or a running step; made when first asked for. */
export function stopOf(active: Active): Stop {
  active.stop ??= new Stop();
  return active.stop;
}
