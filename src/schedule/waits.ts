import type { NodeId } from '../model/plan.ts';
import { type WaitKind, waitText } from '../model/wait.ts';
import type { Active, Awaited, WaitUnderWay } from './active.ts';
import { countWait } from './recap.ts';
import type { RunState } from './run-state.ts';
import { holdersOf } from './who-holds.ts';

/** Notes that something begins to wait: for reports, for whoever looks, for the watch for stalls. */
export function beginWait(state: RunState, active: Active, awaited: Awaited, host: string): WaitUnderWay {
  const wait = { ...awaited, host, sinceMs: state.options.clock.nowMs() };
  active.waits ??= new Set();
  active.waits.add(wait);
  const { what, kind } = awaited;
  const holders = holdersOf(state, awaited);
  const who = active.holder.label;
  state.options.emit({ type: 'step-waiting', ...placeOf(active, host), who, for: what, kind, holders });
  state.watchStall();
  return wait;
}

/** Notes that a wait has ended, good or bad. Waits of blocks count for their host; those of steps count at their end. */
export function endWait(state: RunState, active: Active, wait: WaitUnderWay): void {
  active.waits?.delete(wait);
  const { what, kind, name, host, sinceMs } = wait;
  const waitedMs = state.options.clock.nowMs() - sinceMs;
  const by = state.lastActs.get(actKey(kind, name));
  state.options.emit({ type: 'wait-ended', ...placeOf(active, host), for: what, kind, waitedMs, by });
  if (active.at === undefined) countWait(state.recap, hostIndex(state, active), waitedMs);
  else if (active.phase === 'running' && active.at.node.kind !== 'consume')
    active.innerWaitMs = (active.innerWaitMs ?? 0) + waitedMs;
}

/** Notes which node acts on something that others may wait for, right before it does. */
export function noteAct(state: RunState, kind: WaitKind, name: string, node: NodeId): void {
  state.lastActs.set(actKey(kind, name), node);
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

function actKey(kind: WaitKind, name: string): string {
  return `${kind} ${name}`;
}

function placeOf(active: Active, host: string) {
  return {
    node: active.id,
    ...(active.at === undefined ? {} : { step: active.at.step.index }),
    ...(host === '' ? {} : { host }),
  };
}
