import { includes, roleTitle } from '../model/include.ts';
import type { PlanStep } from '../model/plan.ts';
import type { Keywords, Step, StepAction } from '../model/playbook.ts';
import type { StepOrigin } from '../model/reuse.ts';
import type { VariableLayer } from '../model/variables.ts';
import { isOfTheBlock } from './fold-keywords.ts';
import type { Folding, Surroundings } from './folding.ts';

/** Adds a step to the plan's, below what is around it. */
export function addStep(
  folding: Folding,
  step: Step,
  action: Exclude<StepAction, { type: 'block' }>,
  keywords: Keywords,
  outer: Surroundings,
): PlanStep {
  const planStep: PlanStep = {
    index: folding.tables.steps.length,
    play: folding.playIndex,
    id: step.id,
    name: titleIn(outer.origin, step, action),
    at: step.at,
    section: outer.section,
    action,
    keywords,
    layers: step.vars === undefined ? outer.layers : [...outer.layers, step.vars],
    block: outer.block?.index,
    part: outer.part,
    rescuable: outer.rescuable,
    places: step.places,
    ...(includes(action) && { around: outer.keywords }),
    ...(outer.origin !== undefined && { origin: outer.origin }),
  };
  folding.tables.steps.push(planStep);
  return planStep;
}

/** Variables inside a block: of the role or file first, so that those written beside its name may hide them. */
export function layersInside(step: Step, action: StepAction, outer: Surroundings): readonly VariableLayer[] {
  const reused = action.type === 'block' ? (action.reuse?.layers ?? []) : [];
  return [...outer.layers, ...reused, ...(step.vars === undefined ? [] : [step.vars])];
}

/** Whether the steps of another file may stand in the list that names it: nothing is asked of them as a whole. */
export function isTransparent(step: Step): boolean {
  return step.id === undefined && !isOfTheBlock(step.keywords);
}

/** What a step of a role is called: `role : step`. */
export function titleIn(origin: StepOrigin | undefined, step: Step, action: StepAction): string | undefined {
  const role = origin?.roles[0];
  if (role === undefined || (step.name !== undefined && step.name === roleTitle(action))) return step.name;
  const own = step.name ?? (action.type === 'module' ? action.written : step.id);
  return own === undefined ? undefined : `${role.name} : ${own}`;
}
