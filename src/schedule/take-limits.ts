import { plannedText } from '../model/plan.ts';
import type { Active } from './active.ts';
import { LimitTaking } from './limit-taking.ts';
import { type Keeper, type LimitTake, limitTakes } from './limit-uses.ts';
import { packageTurn } from './package-turn.ts';
import type { RunState } from './run-state.ts';
import { ownerName, type Told, type Way } from './way.ts';

/**
 * Takes the limits of a step, block or play, in order of scope, name and key; what was taken is with `keeper`, also when a
 * later one is not granted. Tells `taken`, at once where nothing has to be waited for; a failure is a
 * `CoordinationError` whose message is for people.
 */
export function beginTaking(state: RunState, active: Active, way: Way, keeper: Keeper, taken: Told): void {
  const turn = way.turn === undefined ? undefined : packageTurn(state, way.turn);
  const takes = takesOf(state, active, way);
  const all = turn === undefined ? takes : [...takes, turn];
  new LimitTaking(state, active, all, { host: way.host, keeper }, taken).goOn();
}

/** As `beginTaking`. Rejects with the failure. */
export function takeLimits(state: RunState, active: Active, way: Way, keeper: Keeper): Promise<void> {
  return new Promise((resolve, reject) => {
    beginTaking(state, active, way, keeper, (failure) => {
      if (failure === undefined) resolve();
      else reject(failure);
    });
  });
}

function takesOf(
  state: RunState,
  active: Active,
  { keywords, host, owner, heldAround }: Way,
): readonly LimitTake[] {
  const known = heldAround.size === 0 ? state.takes.get(keywords) : undefined;
  if (known !== undefined) return known;
  const step = active.at?.step;
  const renderText = (text: string) =>
    state.options.renderKey?.(text, step, host) ?? plannedText(state.plan, ownerName(owner), text, host);
  return limitTakes(state.plan, { keywords, step, host, renderText }, heldAround, state.takes);
}
