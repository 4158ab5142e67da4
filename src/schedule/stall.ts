import { CoordinationError } from '../coordinate/coordinator.ts';
import { describeWaitGraph } from '../coordinate/wait-graph.ts';
import { controllerOf } from './active.ts';
import { isRunningDaemon, mayRelease } from './daemons.ts';
import type { RunState } from './run-state.ts';

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
    if (state.active.size === 0) return;
    const { waiting } = state.options.coordinator.graph();
    const joins = [...state.active.values()].some((active) => active.joining !== undefined);
    if (waiting.length === 0 && !joins) return;
    if (isStalled(state, new Set(waiting.map((wait) => wait.holder.id)))) endStalled(state);
    else watch();
  };
  const watch = () => {
    stopTimer ??= state.options.clock.after(checkEveryMs, check);
  };
  return { watch, stop: () => stopTimer?.() };
}

function isStalled(state: RunState, waiting: ReadonlySet<string>): boolean {
  if (state.halt !== undefined) return false;
  for (const active of state.active.values()) {
    if (mayRelease(state, active)) return false;
    // Any other daemon goes on until all else has ended, so it lets nobody through before.
    if (isRunningDaemon(state, active)) continue;
    if (active.joining?.isTimed === false) continue;
    if (active.timed || !waiting.has(active.holder.id)) return false;
  }
  return true;
}

function endStalled(state: RunState): void {
  const { coordinator, emit } = state.options;
  const joining = [...state.active.values()].flatMap(({ holder, joining: join }) =>
    join === undefined ? [] : [`${holder.label} waits for ${join.what}`],
  );
  const lines = [...describeWaitGraph(coordinator.graph()), ...joining];
  state.halt = { why: 'stalled', message: 'nothing could go on any more' };
  emit({ type: 'notice', severity: 'warning', message: `nothing can go on (RB402): ${lines.join('; ')}` });
  const reason = (label: string) => lines.find((line) => line.startsWith(label)) ?? lines.join('; ');
  for (const active of [...state.active.values()]) {
    if (isRunningDaemon(state, active)) continue;
    const msg = `nothing can go on (RB402): ${reason(active.holder.label)}`;
    controllerOf(active).abort(new CoordinationError('stalled', msg));
  }
}
