import type { IncludedSteps } from '../model/include.ts';
import type { Plan, PlanStep } from '../model/plan.ts';
import type { Step } from '../model/playbook.ts';
import type { StepOutcome } from '../model/step-run.ts';
import type { Active, StepAt } from './active.ts';
import type { Failure } from './block-runs.ts';
import type { NodeEnd } from './graph.ts';

/** A host that knows what it is to include. */
export interface IncludeArrival {
  readonly active: Active;
  readonly at: StepAt;
  readonly outcome: StepOutcome;
  readonly loaded: readonly IncludedSteps[];
  /** Of a block that runs more than once: its further passes. */
  readonly series?: PassSeries | undefined;
}

/** How a pass of a block ended on a host. */
export interface PassEnd {
  readonly end: NodeEnd;
  readonly failure?: Failure | undefined;
}

/** The passes of a block on a host, one after another. */
export interface PassSeries {
  /** The pass to begin after one that ended so, or how the whole has ended. Waits in between. Never rejects. */
  next(ended: PassEnd): Promise<IncludedSteps | PassEnd>;
}

/**
 * Whether the hosts of a batch go through an include together: where they meet before each step, and where a step is run
 * once for all of them.
 */
export function goesTogether(plan: Plan, { at, loaded }: IncludeArrival): boolean {
  if (at.node.kind !== 'instance' || at.node.pass !== undefined) return false;
  return isLockstep(plan, at.step) || loaded.some(({ steps }) => steps.some(hasRunOnce));
}

/** Whether hosts meet before the steps that a step includes: in a linear play, but for a rescue. */
export function isLockstep(plan: Plan, step: PlanStep): boolean {
  if (plan.plays[step.play]?.strategy !== 'linear' || step.section === 'handlers') return false;
  let { block, part } = step;
  while (block !== undefined) {
    if (part === 'rescue') return false;
    ({ parent: block, part } = plan.blocks[block] ?? {});
  }
  return true;
}

function hasRunOnce({ action, keywords }: Step): boolean {
  if (keywords.runOnce === true) return true;
  if (action.type === 'passes') return hasRunOnce(action.pass);
  if (action.type !== 'block') return false;
  return [action.body, action.rescue, action.always].some((list) => list.some(hasRunOnce));
}

/** Hosts that include the same, in the order in which the first of each group came. */
export function groupsOf(arrivals: readonly IncludeArrival[]): readonly (readonly IncludeArrival[])[] {
  const groups = new Map<string, IncludeArrival[]>();
  for (const arrival of arrivals) {
    const key = arrival.loaded.map((one) => one.key).join('\0');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [arrival]);
    else group.push(arrival);
  }
  return [...groups.values()];
}
