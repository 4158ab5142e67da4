import { isComplete } from './include-runs.ts';
import type { RunState } from './run-state.ts';

/** Tells that all instances of a step have ended, once no include can bring further ones. */
export function settleStep(state: RunState, step: number): void {
  const { plan, includes, options } = state;
  const isIncluded = plan.steps[step]?.includedBy !== undefined;
  if (isIncluded && (includes.settled.has(step) || !isComplete(plan, includes, step))) return;
  if (isIncluded) includes.settled.add(step);
  options.emit({ type: 'step-settled', step });
}
