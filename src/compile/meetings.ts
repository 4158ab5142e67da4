import type { NodeId, PlanBlock, PlanNode, PlanStep } from '../model/plan.ts';

/** A `barrier` step or block in one batch, with the nodes that meet there. */
export interface Meeting {
  /** The author's name of it. */
  readonly barrier: string;
  readonly owner: PlanStep | PlanBlock;
  /** One for each host; where they meet in each pass of a repeated block, or before the first, the nodes of that. */
  readonly nodes: readonly NodeId[];
  /** What they meet at, whatever the pass: see `meetingPlace`. */
  readonly place: string;
}

/** Names a barrier in a batch. */
export function meetingPlace({ kind, batch }: PlanNode, { index }: PlanStep | PlanBlock): string {
  return `${kind} ${index} ${batch}`;
}

/** Every meeting; nodes that a `when` decided before the run skips are no parties. O(nodes) where there is a barrier. */
export function collectMeetings(
  nodes: readonly PlanNode[],
  steps: readonly PlanStep[],
  blocks: readonly PlanBlock[],
  passes: ReadonlyMap<number, readonly PlanNode[]>,
): readonly Meeting[] {
  if (![...steps, ...blocks].some((owner) => owner.keywords.barrier !== undefined)) return [];
  const meetings = new Map<string, Meeting & { readonly nodes: NodeId[] }>();
  const add = (node: PlanNode, party: NodeId) => {
    const owner = meetingOwner(node, steps, blocks);
    const barrier = owner?.keywords.barrier;
    if (owner === undefined || barrier === undefined) return;
    const place = meetingPlace(node, owner);
    const known = meetings.get(place);
    if (known !== undefined) known.nodes.push(party);
    else meetings.set(place, { barrier, owner, nodes: [party], place });
  };
  for (const node of nodes) {
    add(node, node.id);
    if (node.kind !== 'consume' || node.skip !== undefined) continue;
    for (const inner of passes.get(node.block) ?? []) add({ ...inner, batch: node.batch }, node.id);
  }
  return [...meetings.values()];
}

function meetingOwner(
  node: PlanNode,
  steps: readonly PlanStep[],
  blocks: readonly PlanBlock[],
): PlanStep | PlanBlock | undefined {
  if (node.kind !== 'instance' && !(node.kind === 'block' && node.part === 'begin')) return undefined;
  if (node.skip !== undefined) return undefined;
  return node.kind === 'block' ? blocks[node.block] : steps[node.step];
}
