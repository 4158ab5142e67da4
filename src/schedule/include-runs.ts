import { includes } from '../model/include.ts';
import type { NodeId, Plan, PlanNode } from '../model/plan.ts';
import type { NodeEnd } from './graph.ts';
import type { IncludeArrival } from './include-meeting.ts';

/** A node whose fragment is under way: an include on a host, a flush, or the batches of a late play. */
export interface IncludeRun {
  /** Ends it, once all that it waits for has ended. */
  finish(worst: NodeEnd): void;
  /** Nodes that have to end before it has. */
  readonly open: Set<NodeId>;
  /** Those of them whose ends decide how it ends. */
  readonly members: Set<NodeId>;
  worst: NodeEnd;
}

/** All includes of a run. */
export interface IncludeRuns {
  /** Whether the run has an include, or handlers that one may bring. */
  readonly isUsed: boolean;
  /** Those under way, by each of the nodes that they wait for. */
  readonly byEnd: Map<NodeId, IncludeRun>;
  /** Nodes of includes whose steps are under way. */
  readonly expanded: Set<NodeId>;
  /** Nodes of each including step and batch, in order. */
  readonly nodes: Map<string, NodeId[]>;
  /** Hosts that wait for the others of their batch before they go through an include together, by step and batch. */
  readonly arrived: Map<string, Map<NodeId, IncludeArrival>>;
  /** By including step: instances of which it is not known yet what they bring. */
  readonly pending: Map<number, number>;
  /** By play: flushes of handlers that includes may bring, which have not ended. */
  readonly flushes: Map<number, number>;
  /** The sum of these: while it is above 0, further steps may come. */
  open: number;
  /** Included steps that have been told to be settled. */
  readonly settled: Set<number>;
  /** By included step: how many instances it has got. */
  readonly instances: Map<number, number>;
}

/** The includes of a plan before its run. O(nodes) where there is one. */
export function findIncludes(plan: Plan): IncludeRuns {
  const isUsed =
    plan.steps.some((step) => includes(step.action)) || plan.plays.some((play) => play.late !== undefined);
  const runs: IncludeRuns = {
    isUsed,
    byEnd: new Map(),
    expanded: new Set(),
    nodes: new Map(),
    arrived: new Map(),
    pending: new Map(),
    flushes: new Map(),
    open: 0,
    settled: new Set(),
    instances: new Map(),
  };
  if (isUsed) addIncludeNodes(runs, plan, plan.nodes);
  return runs;
}

/** Takes note of nodes that may include something. */
export function addIncludeNodes(runs: IncludeRuns, plan: Plan, nodes: readonly PlanNode[]): void {
  for (const node of nodes) {
    if (node.kind === 'join' && node.purpose === 'late') runs.open += 1;
    if (isFlush(plan, node)) runs.flushes.set(node.play, (runs.flushes.get(node.play) ?? 0) + 1);
    if (!isInclude(plan, node)) continue;
    const key = meetingKey(node);
    const known = runs.nodes.get(key);
    if (known === undefined) runs.nodes.set(key, [node.id]);
    else known.push(node.id);
    runs.pending.set(node.step, (runs.pending.get(node.step) ?? 0) + 1);
    runs.open += 1;
  }
}

/** A node whose step includes others. */
export type IncludeNode = Extract<PlanNode, { readonly kind: 'instance' | 'once' | 'handler' }>;

/** Whether a node may bring further steps. */
export function isInclude(plan: Plan, node: PlanNode): node is IncludeNode {
  if (node.kind !== 'instance' && node.kind !== 'once' && node.kind !== 'handler') return false;
  const step = plan.steps[node.step];
  return step !== undefined && includes(step.action);
}

/** Whether a node stands for handlers that are known only in the run. */
export function isFlush(plan: Plan, node: PlanNode): boolean {
  return node.kind === 'handler' && plan.steps[node.step]?.flushes !== undefined;
}

/** Names the nodes of one step in one batch. */
export function meetingKey(node: { readonly step: number; readonly batch: number }): string {
  return `${node.step}.${node.batch}`;
}

/** Whether no further instance of an included step can come. */
export function isComplete(plan: Plan, runs: IncludeRuns, step: number): boolean {
  const own = plan.steps[step];
  if (own?.section === 'handlers' && (runs.flushes.get(own.play) ?? 0) > 0) return false;
  for (let by = own?.includedBy; by !== undefined; by = plan.steps[by]?.includedBy)
    if ((runs.pending.get(by) ?? 0) > 0) return false;
  return true;
}
