import type { Holder } from '../coordinate/operation.ts';
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
  readonly holds: Hold[];
  /** What a running `join` waits for, in words, and whether the author limited the wait. */
  joining?: { readonly what: string; readonly isTimed: boolean } | undefined;
  controller?: AbortController | undefined;
  /** Set on a daemon that was told to end because all else has ended. */
  dismissed?: boolean | undefined;
}

/** The controller that ends a wait or a running step; made when first asked for. */
export function controllerOf(active: Active): AbortController {
  active.controller ??= new AbortController();
  return active.controller;
}
