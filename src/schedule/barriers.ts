import type { BlockNode, InstanceNode, Plan, PlanNode } from '../model/plan.ts';

/** A node at which a host meets others. */
export type MeetingNode = InstanceNode | BlockNode;

/** One meeting: a `barrier` step or block in one batch. */
export interface Meeting {
  /** Tells meetings apart and reads well: the author's name and a number. */
  readonly name: string;
  /** For people: with the author's name alone. */
  readonly title: string;
  readonly play: number;
  readonly nodes: readonly MeetingNode[];
  /** Set by the first who comes; settled when the coordinator knows the parties. */
  opening?: Promise<void> | undefined;
}

/** Every meeting of a plan, by step or block and batch. */
export interface Barriers {
  readonly meetings: Map<string, Meeting & { readonly nodes: MeetingNode[] }>;
}

/** Finds every meeting; hosts whose `when` was false at compile time are no parties. O(nodes) where there is one. */
export function findBarriers(plan: Plan): Barriers {
  const barriers: Barriers = { meetings: new Map() };
  addMeetings(barriers, plan, plan.nodes);
  return barriers;
}

/** Adds the meetings of nodes that came in the run. */
export function addMeetings({ meetings }: Barriers, plan: Plan, nodes: readonly PlanNode[]): void {
  if (![...plan.steps, ...plan.blocks].some((one) => one.keywords.barrier !== undefined)) return;
  for (const node of nodes) {
    if (!canMeet(node) || node.skip !== undefined) continue;
    const { keywords } = (node.kind === 'block' ? plan.blocks[node.block] : plan.steps[node.step]) ?? {};
    if (keywords?.barrier === undefined) continue;
    const key = meetingKey(node);
    const known = meetings.get(key);
    if (known !== undefined) known.nodes.push(node);
    else {
      const title = `barrier "${keywords.barrier}"`;
      meetings.set(key, { name: `${title} #${key}`, title, play: node.play, nodes: [node] });
    }
  }
}

/** The meeting that a node goes to, if any. */
export function meetingOf(barriers: Barriers, node: PlanNode): Meeting | undefined {
  return barriers.meetings.size === 0 || !canMeet(node) ? undefined : barriers.meetings.get(meetingKey(node));
}

function canMeet(node: PlanNode): node is MeetingNode {
  return node.kind === 'instance' || (node.kind === 'block' && node.part === 'begin');
}

function meetingKey(node: MeetingNode): string {
  return node.kind === 'block' ? `b${node.block}.${node.batch}` : `${node.step}.${node.batch}`;
}
