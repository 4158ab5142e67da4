import type { Edge, HandlerNode, NodeId } from '../model/plan.ts';
import type { StepAt } from './active.ts';
import { grow } from './growth.ts';
import { newRun, waitForNode } from './includes.ts';
import { endNow } from './node-end.ts';
import type { RunState } from './run-state.ts';

/**
 * Runs the handlers of a host that are known only in the run, one after another in order of definition. Nothing is added
 * where none of them is notified.
 */
export function flush(state: RunState, at: StepAt & { readonly node: HandlerNode }): void {
  const { node, step, host } = at;
  const { plan, notifications, graph } = state;
  const pending = notifications.pending[node.play]?.get(host);
  const handlers = (plan.plays[node.play]?.handlers ?? []).filter(
    (index) => step.flushes === 'all' || plan.steps[index]?.includedBy !== undefined,
  );
  if (pending === undefined || !handlers.some((index) => pending.has(index))) {
    endNow(state, node.id, 'idle');
    return;
  }
  const kind: Edge['kind'] = plan.plays[node.play]?.forceHandlers === true ? 'end' : 'ok';
  const { play, batch, priority, pass } = node;
  const firstId: NodeId = graph.nodes.length;
  const nodes = handlers.map((handler, place): HandlerNode => {
    const after: Edge[] = place === 0 ? [] : [{ from: firstId + place - 1, kind, why: 'handlers' }];
    const base = { play, batch, priority, ...(pass === undefined ? {} : { pass }) };
    return { kind: 'handler', id: firstId + place, ...base, after, step: handler, host };
  });
  const run = newRun((worst) => endNow(state, node.id, worst));
  for (const { id } of nodes) {
    run.members.add(id);
    waitForNode(state, run, id);
  }
  grow(state, node.id, { steps: [], blocks: [], handlers: [], nodes, parts: new Map() });
}
