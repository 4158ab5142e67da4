import type { Plan, PlanBlock, PlanPlay, PlanStep } from './plan.ts';

/**
 * The plan that a run works on: the compiled one, and what became known in the run. Steps, blocks and hosts are only
 * ever added at the end, so that an index stays what it was; a play whose hosts are known late is replaced once.
 */
export interface RunPlan extends Plan {
  readonly hosts: string[];
  readonly plays: PlanPlay[];
  readonly steps: PlanStep[];
  readonly blocks: PlanBlock[];
}

/** A plan that can grow. The one given is left as it is. */
export function openPlan(plan: Plan): RunPlan {
  return {
    ...plan,
    hosts: [...plan.hosts],
    plays: [...plan.plays],
    steps: [...plan.steps],
    blocks: [...plan.blocks],
  };
}
