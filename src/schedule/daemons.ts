import { type Active, controllerOf, type StepAt } from './active.ts';
import type { RunState } from './run-state.ts';

/** Whether a step is one that lasts as long as the run. */
export function isDaemon(at: StepAt | undefined): boolean {
  return at?.step.keywords.background === 'daemon';
}

/**
 * Ends daemons once nothing else waits or runs, the last started first, each when the one before has ended. To be
 * called when nothing is ready.
 */
export function dismissDaemons(state: RunState): void {
  let last: Active | undefined;
  for (const active of state.active.values()) {
    if (!isDaemon(active.at)) return;
    last = active;
  }
  if (last === undefined || last.dismissed === true) return;
  last.dismissed = true;
  controllerOf(last).abort();
}
