import { lossOf } from './event-units.ts';
import type { RunState } from './run-state.ts';

/** Marks an event as lost where nothing can set it any more; undefined where something still can. */
export function markLoss(state: RunState, event: string): Promise<void> | undefined {
  const { coordinator } = state.options;
  if (state.plan.declarations.events[event]?.external === true || coordinator.isEventSet(event))
    return undefined;
  // What an include brings may set it.
  const loss = state.includes.open > 0 ? undefined : lossOf(state.units, event);
  if (loss === undefined) return undefined;
  return coordinator.loseEvent(event, `event "${event}" was lost (RB401): ${loss}`);
}

/** As `markLoss`, to be awaited in any case. */
export async function checkLoss(state: RunState, event: string): Promise<void> {
  await markLoss(state, event);
}
