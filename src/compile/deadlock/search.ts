import type { HoldWaitSystem } from './operations.ts';
import { choices, choose, type SearchContext, searchContext, settleState } from './progress.ts';
import { copyState, firstState, type SearchState } from './search-state.ts';
import { StateKeys } from './state-key.ts';
import { stuckActors } from './stuck.ts';

/** A schedule's end in which some wait for each other for ever. */
export interface Deadlock {
  readonly context: SearchContext;
  readonly state: SearchState;
  readonly stuck: ReadonlySet<number>;
}

/** How many actors are looked at before the search gives up, over all states. */
const mostVisits = 4_000_000;

/**
 * Looks through all schedules in which every step runs and succeeds for one that ends with somebody waiting for ever.
 * Only the order in which lines are joined, and items put and got, is tried both ways: all else can only help.
 *
 * @param classOf Hosts of one class go the same way.
 * @returns the first deadlock found; undefined where there is none, or where it would take too long to tell.
 */
export function findDeadlock(
  system: HoldWaitSystem,
  classOf: ReadonlyMap<number, string>,
): Deadlock | undefined {
  const context = searchContext(system);
  const keys = new StateKeys(system, classOf);
  const first = firstState(system);
  settleState(context, first);
  const pending: SearchState[] = [first];
  const seen = new Set([keys.keyOf(first)]);
  let visits = 0;
  for (let state = pending.pop(); state !== undefined && visits < mostVisits; state = pending.pop()) {
    const options = choices(context, state);
    visits += system.actors.length * (options.length + 1);
    if (options.length === 0) {
      const stuck = stuckActors(context, state);
      if (stuck.size > 0) return { context, state, stuck };
    }
    for (const id of options) {
      const next = copyState(state);
      choose(context, next, id);
      settleState(context, next);
      const key = keys.keyOf(next);
      if (seen.has(key)) continue;
      seen.add(key);
      pending.push(next);
    }
  }
  return undefined;
}
