import type { InstanceNode, Plan, PlanNode } from '../model/plan.ts';

/** One meeting: a `barrier` step in one batch. */
export interface Meeting {
  /** Tells meetings apart and reads well: the author's name and a number. */
  readonly name: string;
  readonly play: number;
  readonly nodes: readonly InstanceNode[];
  /** Set by the first who comes; settled when the coordinator knows the parties. */
  opening?: Promise<void> | undefined;
}

/** Every meeting of a plan, by step and batch. */
export interface Barriers {
  readonly meetings: ReadonlyMap<string, Meeting>;
}

/** Finds every meeting; hosts whose `when` was false at compile time are no parties. O(nodes) where there is one. */
export function findBarriers(plan: Plan): Barriers {
  const meetings = new Map<string, Meeting & { nodes: InstanceNode[] }>();
  if (!plan.steps.some((step) => step.keywords.barrier !== undefined)) return { meetings };
  for (const node of plan.nodes) {
    if (node.kind !== 'instance' || node.skip !== undefined) continue;
    const barrier = plan.steps[node.step]?.keywords.barrier;
    if (barrier === undefined) continue;
    const key = meetingKey(node);
    const known = meetings.get(key);
    if (known !== undefined) known.nodes.push(node);
    else
      meetings.set(key, {
        name: `barrier "${barrier}" #${node.step}.${node.batch}`,
        play: node.play,
        nodes: [node],
      });
  }
  return { meetings };
}

/** The meeting that a node goes to, if any. */
export function meetingOf(barriers: Barriers, node: PlanNode): Meeting | undefined {
  if (barriers.meetings.size === 0 || node.kind !== 'instance') return undefined;
  return barriers.meetings.get(meetingKey(node));
}

function meetingKey(node: InstanceNode): string {
  return `${node.step}.${node.batch}`;
}
