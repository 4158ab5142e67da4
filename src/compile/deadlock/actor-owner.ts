import type { BlockPart, PlanBlock, PlanNode, PlanStep } from '../../model/plan.ts';
import type { Keywords } from '../../model/playbook.ts';
import type { StepTables } from '../folding.ts';

/** A block around a node, and in which of its lists the node stands. */
export interface Around {
  readonly block: PlanBlock;
  readonly part: BlockPart;
}

/** The blocks around a step or block, innermost first. */
export function blocksAround({ blocks }: StepTables, owner: PlanStep | PlanBlock): readonly Around[] {
  const found: Around[] = [];
  let [inner, part] = placeIn(owner);
  while (inner !== undefined) {
    const block = blocks[inner];
    if (block === undefined) break;
    found.push({ block, part: part ?? 'body' });
    [inner, part] = [block.parent, block.part];
  }
  return found;
}

function placeIn(owner: PlanStep | PlanBlock): [number | undefined, BlockPart | undefined] {
  return 'section' in owner ? [owner.block, owner.part] : [owner.parent, owner.part];
}

/** The step or block that a node is of; undefined for a join. */
export function ownerOf({ steps, blocks }: StepTables, node: PlanNode): PlanStep | PlanBlock | undefined {
  if (node.kind === 'join') return undefined;
  return node.kind === 'block' ? blocks[node.block] : steps[node.step];
}

/** Whether a step or block lasts as long as the run: it is a daemon, or in the body of one. */
export function isDaemon(owner: { readonly keywords: Keywords }, around: readonly Around[]): boolean {
  return (
    owner.keywords.background === 'daemon' ||
    around.some(({ block, part }) => part === 'body' && block.keywords.background === 'daemon')
  );
}

/** Whether a step or block is only reached after a failure. */
export function isRescue(around: readonly Around[]): boolean {
  return around.some(({ part }) => part === 'rescue');
}
