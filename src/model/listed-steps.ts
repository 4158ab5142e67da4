import { type BroughtStep, type PlanStep, stepTitle } from './plan.ts';

/** A step as lists of a plan show it; one that brings the passes of a block is followed by the steps of one pass. */
export function listedSteps(step: PlanStep): readonly BroughtStep[] {
  const { id, keywords, brings } = step;
  const tags = keywords.tags ?? [];
  if (brings === undefined) return [{ title: stepTitle(step), id, tags }];
  return [{ title: `${stepTitle(step)} (${whyPasses(step)})`, id, tags }, ...brings];
}

/** Why a block has passes, in words. */
export function whyPasses({ keywords }: PlanStep): string {
  return keywords.loop === undefined ? 'until it does well' : 'for each item';
}
