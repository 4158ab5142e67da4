import { type Active, stopOf } from './active.ts';
import type { RunState } from './run-state.ts';

/** Waits between two passes of a block, without a fork; cut short when all else has ended or the run ends. */
export async function rest(state: RunState, active: Active, durationMs: number): Promise<void> {
  const { signal } = stopOf(active);
  state.active.set(active.id, active);
  active.timed = true;
  await new Promise<void>((resolve) => {
    const stopTimer = state.options.clock.after(durationMs, resolve);
    const cut = () => {
      stopTimer();
      resolve();
    };
    if (signal.aborted) cut();
    else signal.addEventListener('abort', cut, { once: true });
    state.wake();
  });
  active.timed = false;
}
