import type { StepAt } from './active.ts';
import type { LimitTake } from './limit-uses.ts';
import type { RunState } from './run-state.ts';

/**
 * The turn that a step takes which uses the database of packages of a host: one at a time on each, first come, first
 * served. Undefined for other steps. It is to be taken after everything else, so that who has it waits for nothing more.
 * A step for another host (`delegate_to`) takes the turn of that, where its name is no template.
 */
export function packageTurn(
  { options, plan }: RunState,
  { step, host, node }: StepAt,
): LimitTake | undefined {
  // A parallel loop as a whole does nothing on the host; its items do.
  if (options.usesPackages?.(step) !== true || node.kind === 'items' || node.kind === 'consume')
    return undefined;
  const delegate = step.keywords.delegateTo;
  const isNamed = typeof delegate === 'string' && !/\{[{%]/.test(delegate);
  const limit = `the package database of ${isNamed ? delegate : (plan.hosts[host] ?? '')}`;
  return {
    request: { limit, capacity: 1, permits: 1 },
    timeout: undefined,
    kind: 'packages',
    name: limit,
    isGlobal: false,
    poisonable: false,
    lostAfterMs: 0,
    order: ['packages', limit, ''],
  };
}
