import type { BroughtStep, PlanStep } from '../model/plan.ts';
import { stepTitle } from '../model/plan.ts';
import type { PassesAction, Step } from '../model/playbook.ts';
import { writtenSteps } from './block-passes.ts';
import { foldKeywords } from './fold-keywords.ts';
import { addStep, titleIn } from './fold-step.ts';
import type { Folding, Surroundings } from './folding.ts';

/**
 * Adds the step that brings the passes of a block into the run, where anything of a pass is selected. A start that is named
 * inside begins with the first pass as a whole.
 *
 * @param fold Folds a list of steps.
 */
export function foldPasses(
  folding: Folding,
  step: Step,
  action: PassesAction,
  outer: Surroundings,
  fold: (folding: Folding, steps: readonly Step[], outer: Surroundings) => unknown,
): PlanStep | undefined {
  folding.selection.start.admits(step, titleIn(outer.origin, step, action));
  const scratch: Folding = {
    ...folding,
    tables: { steps: [], blocks: [] },
    named: new Map(),
    leftOut: [],
    roleRuns: new Map(),
  };
  fold(scratch, [action.pass], outer);
  folding.leftOut.push(...scratch.leftOut);
  const { steps } = scratch.tables;
  if (steps.length === 0) return undefined;
  const head = addStep(folding, step, action, foldKeywords(outer.keywords, step.keywords), outer);
  const made = { ...head, brings: steps.flatMap(broughtBy) };
  folding.tables.steps[head.index] = made;
  return made;
}

function broughtBy(step: PlanStep): readonly BroughtStep[] {
  const { id, keywords, brings = [] } = step;
  return [{ title: stepTitle(step), id, tags: keywords.tags ?? [] }, ...brings];
}

/** What the passes of a block read, as steps of the plan that are looked at and never run; none for any other step. */
export function stepsOfPasses(head: PlanStep): readonly PlanStep[] {
  if (head.action.type !== 'passes') return [];
  return [...writtenSteps([head.action.pass])].flatMap(({ action, keywords, name, vars, at }) => {
    const own = action.type === 'block' ? ({ type: 'none' } as const) : action;
    const params = {
      type: 'module',
      module: undefined,
      written: 'vars',
      params: vars?.values ?? {},
      at,
    } as const;
    return [
      { ...head, name, action: own, keywords, brings: undefined },
      { ...head, name: undefined, action: params, keywords: {}, brings: undefined },
    ];
  });
}
