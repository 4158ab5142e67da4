import type { Plan, PlanStep } from '../model/plan.ts';

/** Modules that send their host one command, and nothing else where they have no guards. */
const commandModules: ReadonlySet<string> = new Set(['command', 'shell', 'raw']);

/**
 * The step of an ad hoc run whose command is all that a host gets: the plan has no other step, and this one sends its
 * command once. Undefined where there is none.
 */
export function loneCommandStep({ steps }: Plan): PlanStep | undefined {
  const [step] = steps;
  if (step === undefined || steps.length > 1 || step.action.type !== 'module') return undefined;
  const { loop, until, retries, background } = step.keywords;
  const isRepeated = [loop, until, retries, background].some((keyword) => keyword !== undefined);
  return isRepeated || !commandModules.has(step.action.module ?? '') ? undefined : step;
}
