import { type PlanBlock, type PlanStep, stepTitle } from '../../model/plan.ts';

/** A step or block as a message names it. */
export function ownerTitle(owner: PlanStep | PlanBlock): string {
  if ('section' in owner) return `"${owner.id ?? stepTitle(owner)}"`;
  const title = owner.id ?? owner.name;
  return title === undefined ? `the block at line ${owner.at.line}` : `block "${title}"`;
}
