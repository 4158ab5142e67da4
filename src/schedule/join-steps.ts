import type { NodeId } from '../model/plan.ts';
import type { JoinEnd } from '../model/step-coordination.ts';
import { type Active, stopOf } from './active.ts';
import { describeNode } from './admission.ts';
import type { RunState } from './run-state.ts';
import { defaultDeadlineMs } from './waiting.ts';
import { beginWait, endWait } from './waits.ts';

/**
 * Waits until the steps that a `join` names have ended, at most for `timeoutMs` (default 1 h). Holds no fork. Rejects with
 * the signal's reason when that is aborted.
 */
export async function joinSteps(
  state: RunState,
  active: Active,
  timeoutMs: number | undefined,
  signal: AbortSignal = stopOf(active).signal,
): Promise<JoinEnd> {
  const node = state.graph.nodes[active.id];
  const targets = node !== undefined && 'joins' in node ? (node.joins?.nodes ?? []) : [];
  const startedMs = state.options.clock.nowMs();
  const isOpen = (id: NodeId) => state.graph.ends[id] === undefined;
  if (targets.some(isOpen)) {
    signal.throwIfAborted();
    const what = names(state, targets.filter(isOpen)).join(', ');
    active.joining = { isTimed: timeoutMs !== undefined };
    const host = state.plan.hosts[active.at?.host ?? -1] ?? '';
    const wait = beginWait(state, active, { kind: 'steps', name: '', what, host, sinceMs: 0 });
    try {
      await untilEnded(state, targets, timeoutMs ?? defaultDeadlineMs, signal);
    } finally {
      active.joining = undefined;
      endWait(state, active, wait);
    }
  }
  const isBad = (id: NodeId) => ['failed', 'cancelled'].includes(state.graph.ends[id] ?? '');
  return {
    pending: names(state, targets.filter(isOpen)),
    failed: names(
      state,
      targets.filter(isBad).map((id) => (state.graph.ends[id] === 'failed' ? id : causeOf(state, id))),
    ),
    waitedMs: state.options.clock.nowMs() - startedMs,
  };
}

function causeOf(state: RunState, id: NodeId): NodeId {
  const cause = state.graph.causes[id] ?? -1;
  return cause < 0 ? id : cause;
}

// A join over all hosts stands for the nodes before it.
function names(state: RunState, ids: readonly NodeId[]): string[] {
  const single = ids.flatMap((id) => {
    const node = state.graph.nodes[id];
    if (node?.kind !== 'join') return [id];
    return node.after.map(({ from }) => from).filter((from) => state.graph.ends[from] === undefined);
  });
  return [...new Set(single.map((id) => describeNode(state, id)))];
}

function untilEnded(
  state: RunState,
  targets: readonly NodeId[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => () => {
      state.endWatchers.delete(look);
      stopTimer();
      signal.removeEventListener('abort', abort);
      settle();
    };
    const abort = finish(() => reject(signal.reason));
    const done = finish(resolve);
    const look = () => {
      if (targets.every((id) => state.graph.ends[id] !== undefined)) done();
    };
    const stopTimer = state.options.clock.after(timeoutMs, done);
    signal.addEventListener('abort', abort, { once: true });
    state.endWatchers.add(look);
    look();
  });
}
