import type { NodeId, PlanBlock, PlanNode, PlanStep } from '../model/plan.ts';
import { batchStart, type Slot, type SlotDep } from './lane.ts';
import { type LaneSlots, layOutPass } from './lane-slots.ts';
import { wirePass } from './lane-wiring.ts';
import type { ResolveNeeds } from './needs.ts';
import type { BlockMember, MemberList, PlayTree } from './play-tree.ts';

/** By block with `consume`: the nodes of one item; see `PlanBlock.pass`. */
export function consumePasses(
  trees: readonly PlayTree[],
  resolve: ResolveNeeds,
): ReadonlyMap<number, readonly PlanNode[]> {
  const passes = new Map<number, readonly PlanNode[]>();
  for (const { tree, member } of consumersOf(trees))
    passes.set(member.block.index, passOf(tree, member, resolve));
  return passes;
}

/** Whether a block runs once for each item of a queue, or again and again. */
export function hasPasses(block: PlanBlock | undefined): boolean {
  return block?.keywords.consume !== undefined || block?.keywords.repeat !== undefined;
}

/** Every block with `consume` or `repeat`, with its play. */
export function consumersOf(
  trees: readonly PlayTree[],
): readonly { readonly tree: PlayTree; readonly member: BlockMember }[] {
  return trees.flatMap((tree) =>
    [tree.preTasks, tree.steps, tree.postTasks]
      .flatMap((list) => [...blocksOf(list)])
      .filter((member) => hasPasses(member.block))
      .map((member) => ({ tree, member })),
  );
}

/** Every selected block of a list, those inside others included, outermost first. */
export function* blocksOf(list: MemberList): Generator<BlockMember> {
  for (const member of list.members) {
    if (member.type !== 'block') continue;
    yield member;
    for (const part of [member.body, member.rescue, member.always]) yield* blocksOf(part);
  }
}

/** The consuming block around a step or block, or the block itself; undefined where there is none. */
export function consumerAround(
  blocks: readonly PlanBlock[],
  owner: Pick<PlanStep, 'block'>,
): PlanBlock | undefined {
  for (let index = owner.block; index !== undefined; index = blocks[index]?.parent)
    if (hasPasses(blocks[index])) return blocks[index];
  return undefined;
}

function passOf(tree: PlayTree, member: BlockMember, resolve: ResolveNeeds): readonly PlanNode[] {
  const lane = layOutPass(tree, member);
  const background = wirePass(tree, lane, member, resolve);
  // A pass has ended when what goes on beside it has, as a lane does.
  const end = lane.slots.at(-1);
  if (end !== undefined)
    end.deps = [...end.deps, ...background.map((slot): SlotDep => ({ slot, kind: 'end', why: 'block' }))];
  return lane.slots.map((slot, id) => passNode(lane, slot, id));
}

function passNode({ spans }: LaneSlots, slot: Slot, id: NodeId): PlanNode {
  const after = slot.deps
    .filter((dep) => dep.slot !== batchStart)
    .map(({ slot: from, kind, why }) => ({ from, kind, why }));
  const base = { id, play: 0, batch: 0, after, priority: 0, host: 0 };
  if (slot.kind === 'block') return { kind: 'block', ...base, part: slot.part, block: slot.block };
  if (slot.kind === 'items') return { kind: 'items', ...base, step: slot.step };
  const { joins } = slot;
  if (joins === undefined) return { kind: 'instance', ...base, step: slot.step };
  const nodes = joins.needs.flatMap(({ member }) => spans.get(member)?.exit ?? []);
  return { kind: 'instance', ...base, step: slot.step, joins: { nodes, isTimed: joins.isTimed } };
}
