import type { Claim } from '../coordinate/claims.ts';
import { CoordinationError, type Grant } from '../coordinate/coordinator.ts';
import { formatDuration, parseDurationMs } from '../lib/duration.ts';
import { plannedText } from '../model/plan.ts';
import { type Active, stopOf, type WaitUnderWay } from './active.ts';
import type { Way } from './gates.ts';
import { type Hold, type LimitTake, leaseMember, limitTakes } from './limit-uses.ts';
import { packageTurn } from './package-turn.ts';
import type { RunState } from './run-state.ts';
import { defaultDeadlineMs, Waiting } from './waiting.ts';
import { beginWait, endWait } from './waits.ts';

/**
 * Takes the limits of a step, block or play, in order of scope, name and key; what was taken is in `holds`, also when a
 * later one is not granted. Rejects with a `CoordinationError` whose message is for people.
 */
export async function takeLimits(state: RunState, active: Active, way: Way, holds: Hold[]): Promise<void> {
  const { renderKey } = state.options;
  const step = active.at?.step;
  const { keywords, host, owner, heldAround } = way;
  const renderText = (text: string) =>
    renderKey?.(text, step, host) ?? plannedText(state.plan, owner, text, host);
  const takes = limitTakes(state.plan, { keywords, step, host, renderText }, heldAround, state.takes);
  const turn = way.turn === undefined ? undefined : packageTurn(state, way.turn);
  const all = turn === undefined ? takes : [...takes, turn];
  for (const take of all) await takeOne(state, active, take, { host, holds });
  if (all.length === 0) return;
  const limits = all.map(({ request }) => request);
  state.options.emit({ type: 'limits-taken', node: active.id, limits });
}

async function takeOne(
  state: RunState,
  active: Active,
  take: LimitTake,
  { host, holds }: { readonly host: string; readonly holds: Hold[] },
): Promise<void> {
  const { clock, coordinator } = state.options;
  const { request, timeout, pool, isGlobal } = take;
  const { limit, permits } = request;
  const beganMs = isGlobal ? clock.nowMs() : 0;
  const waiting = new Waiting(state, active, { kind: 'limit', name: limit, what: limit, host, timeout });
  let grant: Grant;
  try {
    grant = await coordinator.acquire(request, waiting, stopOf(active));
  } catch (error) {
    throw waiting.explain(error);
  } finally {
    waiting.end();
  }
  const lease = pool === undefined ? undefined : leaseMember(state.plan, state.freeMembers, limit, pool);
  const hold: Hold = { grant, take, permits, claim: undefined, lease };
  holds.push(hold);
  if (isGlobal) hold.claim = await claim(state, active, take, host, beganMs);
}

/** Takes the part that other runs see, in what is left of the time for the whole. */
async function claim(
  state: RunState,
  active: Active,
  { request, timeout }: LimitTake,
  host: string,
  beganMs: number,
): Promise<Claim | undefined> {
  const { claims, clock } = state.options;
  if (claims === undefined) return undefined;
  const wholeMs = parseDurationMs(timeout) ?? defaultDeadlineMs;
  let begun: WaitUnderWay | undefined;
  const onHeld = (holders: readonly string[]) => {
    if (begun !== undefined) endWait(state, active, begun);
    const { limit } = request;
    const wait = { kind: 'elsewhere', name: limit, what: limit, holders, host, sinceMs: 0 } as const;
    begun = beginWait(state, active, { ...wait });
  };
  // Another run ends this wait, so that it is no stall of this one.
  active.timed = true;
  try {
    const deadlineMs = Math.max(0, wholeMs - (clock.nowMs() - beganMs));
    const asked = { ...request, holder: active.holder.label };
    return await claims.claim(asked, { deadlineMs, onHeld }, stopOf(active).signal);
  } catch (error) {
    if (!(error instanceof CoordinationError) || error.failure !== 'timeout') throw error;
    active.heldElsewhere = true;
    const by = begun?.holders?.join(', ') ?? 'another run';
    const waited = formatDuration(wholeMs);
    throw new CoordinationError('timeout', `waited ${waited} for ${request.limit}, held by ${by} (RB405)`);
  } finally {
    active.timed = false;
    if (begun !== undefined) endWait(state, active, begun);
  }
}
