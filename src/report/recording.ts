import type { RunEvent, StepFinished } from '../model/event.ts';
import { blockLabel, type NodeId, type Plan, type PlanNode, type PlanStep } from '../model/plan.ts';
import type { WaitKind } from '../model/wait.ts';

/** What one node of the DAG did in a run, in milliseconds since its start. */
export interface NodeRecord {
  readonly id: NodeId;
  /** For people: `step "up" on web1`. */
  readonly label: string;
  /** Undefined for a block or a play. */
  readonly step?: number | undefined;
  /** When all that it follows had ended. */
  readonly readyMs: number;
  readonly endMs: number;
  /** Time at work, waiting left out. */
  readonly workMs: number;
  /** In the order in which they ended. */
  readonly waits: readonly WaitRecord[];
}

/** One wait of a node; `fork`: for a free fork. */
export interface WaitRecord {
  readonly what: string;
  readonly kind: WaitKind | 'fork';
  readonly endMs: number;
  readonly waitedMs: number;
  /** Whose act or end let it through. */
  readonly by?: NodeId | undefined;
}

/** A limit that a node took before it went on. */
export interface TakenLimit {
  readonly limit: string;
  readonly capacity: number;
  readonly permits: number;
}

/** A run, as far as its times go. */
export interface Recording {
  readonly plan: Plan;
  /** By id; those that were added in the run included. */
  readonly nodes: readonly PlanNode[];
  /** The node that an added node came from. */
  readonly parents: ReadonlyMap<NodeId, NodeId>;
  readonly records: ReadonlyMap<NodeId, NodeRecord>;
  readonly limits: ReadonlyMap<NodeId, readonly TakenLimit[]>;
}

/** What is shorter is the program's own time between two steps. */
const leastForkMs = 100;

/** Folds the events of a run, as they come, into its recording. */
export function createRecorder(): {
  add(event: RunEvent, nowMs: number): void;
  recording(): Recording | undefined;
} {
  let plan: Plan | undefined;
  let startMs = 0;
  const nodes: PlanNode[] = [];
  const parents = new Map<NodeId, NodeId>();
  const records = new Map<NodeId, NodeRecord>();
  const limits = new Map<NodeId, readonly TakenLimit[]>();
  const waits = new Map<NodeId, WaitRecord[]>();
  const noteWait = (event: Extract<RunEvent, { type: 'wait-ended' }>, endMs: number) => {
    const { node: id, for: what, kind, waitedMs, by } = event;
    const all = waits.get(id) ?? [];
    all.push({ what, kind, endMs, waitedMs, by });
    waits.set(id, all);
    if (event.step !== undefined) return;
    const readyMs = Math.min(endMs - waitedMs, records.get(id)?.readyMs ?? endMs);
    records.set(id, { id, label: wholeLabel(plan, nodes[id]), readyMs, endMs, workMs: 0, waits: all });
  };
  return {
    add(event, nowMs) {
      const atMs = nowMs - startMs;
      if (event.type === 'run-started') {
        plan = event.plan;
        startMs = nowMs;
        nodes.push(...(event.plan?.nodes ?? []));
      } else if (event.type === 'nodes-added') {
        for (const node of event.nodes) {
          nodes[node.id] = node;
          parents.set(node.id, event.parent);
        }
      } else if (event.type === 'wait-ended') noteWait(event, atMs);
      else if (event.type === 'limits-taken') limits.set(event.node, event.limits);
      else if (event.type === 'step-finished')
        records.set(event.node, recordOf(event, atMs, waits.get(event.node) ?? [], plan?.steps[event.step]));
    },
    recording: () => (plan === undefined ? undefined : { plan, nodes, parents, records, limits }),
  };
}

function recordOf(
  event: StepFinished,
  endMs: number,
  waits: readonly WaitRecord[],
  info: PlanStep | undefined,
): NodeRecord {
  const label = info?.name === undefined ? (info?.id ?? event.title) : event.title;
  const { node: id, step, durationMs: workMs, waitedMs } = event;
  const forkMs = waitedMs - waits.reduce((sum, wait) => sum + wait.waitedMs, 0);
  const fork = { what: 'a free fork', kind: 'fork', endMs: endMs - workMs, waitedMs: forkMs } as const;
  return {
    id,
    label: `"${label}" on ${event.host}`,
    step,
    readyMs: Math.max(0, endMs - workMs - waitedMs),
    endMs,
    workMs,
    waits: forkMs >= leastForkMs ? [...waits, fork] : waits,
  };
}

function wholeLabel(plan: Plan | undefined, node: PlanNode | undefined): string {
  if (node?.kind !== 'block') return `play "${plan?.plays[node?.play ?? -1]?.name ?? ''}"`;
  return `${blockLabel(plan?.blocks[node.block])} on ${plan?.hosts[node.host] ?? ''}`;
}
