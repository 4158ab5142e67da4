import { plannedText } from '../model/plan.ts';
import type { Active } from './active.ts';
import type { Way } from './gates.ts';
import { LimitTaking, type Taken } from './limit-taking.ts';
import { type Hold, limitTakes } from './limit-uses.ts';
import { packageTurn } from './package-turn.ts';
import type { RunState } from './run-state.ts';

/**
 * Takes the limits of a step, block or play, in order of scope, name and key; what was taken is in `holds`, also when a
 * later one is not granted. Tells `taken`, at once where nothing has to be waited for; a failure is a
 * `CoordinationError` whose message is for people.
 */
export function beginTaking(
  state: RunState,
  active: Active,
  { keywords, host, owner, heldAround, turn: turnOf }: Way,
  holds: Hold[],
  taken: Taken,
): void {
  const { renderKey } = state.options;
  const step = active.at?.step;
  const renderText = (text: string) =>
    renderKey?.(text, step, host) ?? plannedText(state.plan, owner, text, host);
  const takes = limitTakes(state.plan, { keywords, step, host, renderText }, heldAround, state.takes);
  const turn = turnOf === undefined ? undefined : packageTurn(state, turnOf);
  const all = turn === undefined ? takes : [...takes, turn];
  new LimitTaking(state, active, all, { host, holds }, taken).goOn();
}

/** As `beginTaking`. Rejects with the failure. */
export function takeLimits(state: RunState, active: Active, way: Way, holds: Hold[]): Promise<void> {
  return new Promise((resolve, reject) => {
    beginTaking(state, active, way, holds, (failure) => {
      if (failure === undefined) resolve();
      else reject(failure);
    });
  });
}
