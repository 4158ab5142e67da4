import type { NodeId } from '../model/plan.ts';
import { type WaitKind, waitText } from '../model/wait.ts';
import type { Active, WaitUnderWay } from './active.ts';
import { countWait } from './recap.ts';
import type { RunState } from './run-state.ts';
import { WaitBegun } from './wait-begun.ts';
import { holdersOf } from './who-holds.ts';

/** Notes that something begins to wait: for reports, for whoever looks, for the watch for stalls. */
export function beginWait<T extends WaitUnderWay>(state: RunState, active: Active, wait: T): T {
  wait.sinceMs = state.options.clock.nowMs();
  if (active.waits === undefined || active.waits.length === 0) active.waits = [wait];
  else active.waits.push(wait);
  state.options.emit(new WaitBegun(state, active, wait));
  state.watchStall();
  return wait;
}

/** Notes that a wait has ended, good or bad. Waits of blocks count for their host; those of steps count at their end. */
export function endWait(state: RunState, active: Active, wait: WaitUnderWay): void {
  if (active.waits?.length === 1) active.waits = undefined;
  else active.waits?.splice(active.waits.indexOf(wait), 1);
  const { what, kind, name, host, sinceMs } = wait;
  const waitedMs = state.options.clock.nowMs() - sinceMs;
  state.options.emit({
    type: 'wait-ended',
    node: active.id,
    step: active.at?.step.index,
    host: host === '' ? undefined : host,
    for: what,
    kind,
    waitedMs,
    by: state.lastActs.get(kind)?.get(name),
  });
  if (active.at === undefined) countWait(state.recap, hostIndex(state, active), waitedMs);
  else if (active.phase === 'running' && active.at.node.kind !== 'consume')
    active.innerWaitMs = (active.innerWaitMs ?? 0) + waitedMs;
}

/** Notes which node acts on something that others may wait for, right before it does. */
export function noteAct(state: RunState, kind: WaitKind, name: string, node: NodeId): void {
  const acts = state.lastActs.get(kind);
  if (acts === undefined) state.lastActs.set(kind, new Map([[name, node]]));
  else acts.set(name, node);
}

/** Everything that waits at this moment, in words: who, for what, and who holds it. */
export function waitLines(state: RunState): readonly string[] {
  return [...state.active.values()].flatMap((active) => waitLinesOf(state, active));
}

/** What one step, block or play waits for, in words. */
export function waitLinesOf(state: RunState, active: Active): readonly string[] {
  return [...(active.waits ?? [])].map(
    (wait) => `${active.holder.label} waits for ${waitText(wait.what, wait.kind, holdersOf(state, wait))}`,
  );
}

function hostIndex(state: RunState, { id }: Active): number {
  const node = state.graph.nodes[id];
  return node !== undefined && 'host' in node ? node.host : -1;
}
