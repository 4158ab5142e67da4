import type { Claim } from '../coordinate/claims.ts';
import { CoordinationError } from '../coordinate/coordinator.ts';
import { formatDuration, parseDurationMs } from '../lib/duration.ts';
import { type Active, stopOf, type WaitUnderWay } from './active.ts';
import type { LimitTake } from './limit-uses.ts';
import type { RunState } from './run-state.ts';
import { defaultDeadlineMs } from './waiting.ts';
import { beginWait, endWait } from './waits.ts';

/**
 * Takes the part of a limit that other runs see, in what is left of the time for the whole. Undefined where the run
 * shares nothing. Rejects with a `CoordinationError` whose message is for people.
 */
export async function claimElsewhere(
  state: RunState,
  active: Active,
  { request, timeout }: LimitTake,
  { host, beganMs }: { readonly host: string; readonly beganMs: number },
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
