import { CoordinationError } from '../coordinate/coordinator.ts';
import { stopOf } from './active.ts';
import { isRunningDaemon, mayRelease } from './daemons.ts';
import type { RunState } from './run-state.ts';
import { waitLines, waitLinesOf } from './waits.ts';

const checkEveryMs = 500;

/**
 * Watches for a stall while something waits: nothing but daemons runs, nothing is ready, no wait ends by itself. Then the run ends:
 * every waiter fails with what it waits for and who holds it, and nothing new starts.
 *
 * @returns `watch` to call when a wait begins, `stop` for the end of the run.
 */
export function createStallWatch(state: RunState): { watch(): void; stop(): void } {
  let stopTimer: (() => void) | undefined;
  const check = () => {
    stopTimer = undefined;
    const isAnyWaiting = [...state.active.values()].some((active) => (active.waits?.length ?? 0) > 0);
    if (!isAnyWaiting) return;
    if (isStalled(state)) endStalled(state);
    else watch();
  };
  const watch = () => {
    stopTimer ??= state.options.clock.after(checkEveryMs, check);
  };
  return { watch, stop: () => stopTimer?.() };
}

function isStalled(state: RunState): boolean {
  if (state.halt !== undefined) return false;
  for (const active of state.active.values()) {
    if (mayRelease(state, active)) return false;
    // Any other daemon goes on until all else has ended, so it lets nobody through before.
    if (isRunningDaemon(state, active)) continue;
    if (active.joining?.isTimed === false) continue;
    if (active.timed || (active.waits?.length ?? 0) === 0) return false;
  }
  return true;
}

function endStalled(state: RunState): void {
  const lines = waitLines(state);
  state.halt = { why: 'stalled', message: 'nothing could go on any more' };
  state.options.emit({
    type: 'notice',
    severity: 'warning',
    message: `nothing can go on (RB402): ${lines.join('; ')}`,
  });
  for (const active of [...state.active.values()]) {
    if (isRunningDaemon(state, active)) continue;
    const own = waitLinesOf(state, active);
    const msg = `nothing can go on (RB402): ${(own.length === 0 ? lines : own).join('; ')}`;
    stopOf(active).abort(new CoordinationError('stalled', msg));
  }
}
