import type { NodeId, PlanBlock, PlanNode, PlanStep } from '../model/plan.ts';

/** A `barrier` step or block in one batch, with the nodes that meet there. */
export interface Meeting {
  /** The author's name of it. */
  readonly barrier: string;
  readonly owner: PlanStep | PlanBlock;
  readonly nodes: readonly NodeId[];
}

/** Every meeting; nodes that a `when` decided before the run skips are no parties. O(nodes) where there is a barrier. */
export function collectMeetings(
  nodes: readonly PlanNode[],
  steps: readonly PlanStep[],
  blocks: readonly PlanBlock[],
): readonly Meeting[] {
  if (![...steps, ...blocks].some((owner) => owner.keywords.barrier !== undefined)) return [];
  const meetings = new Map<string, Meeting & { readonly nodes: NodeId[] }>();
  for (const node of nodes) {
    const isBlock = node.kind === 'block' && node.part === 'begin';
    if ((node.kind !== 'instance' && !isBlock) || node.skip !== undefined) continue;
    const owner = node.kind === 'block' ? blocks[node.block] : steps[node.step];
    const barrier = owner?.keywords.barrier;
    if (owner === undefined || barrier === undefined) continue;
    const key = `${node.kind} ${owner.index} ${node.batch}`;
    const known = meetings.get(key);
    if (known !== undefined) known.nodes.push(node.id);
    else meetings.set(key, { barrier, owner, nodes: [node.id] });
  }
  return [...meetings.values()];
}
