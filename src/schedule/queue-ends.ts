import type { NodeId } from '../model/plan.ts';
import { describeNode } from './admission.ts';
import type { QueueUse } from './queue-uses.ts';
import { producersOf } from './run-queues.ts';
import type { RunState } from './run-state.ts';

/**
 * Takes a node that has ended, or can't start any more, out of the queues that it fills or empties. A queue that nothing
 * can fill any more is closed; one that nothing empties any more is abandoned: who waits for it fails.
 */
export async function leaveQueues(state: RunState, id: NodeId): Promise<void> {
  const { coordinator } = state.options;
  for (const name of state.queues.ofNode.get(id) ?? []) {
    const use = state.queues.byName.get(name);
    if (use === undefined) continue;
    if (use.producers.delete(id) && use.producers.size === 0) await coordinator.closeQueue(name);
    if (!use.consumers.delete(id)) continue;
    use.gone.push(describeNode(state, id));
    if (use.consumers.size === 0) await coordinator.abandonQueue(name, abandoned(name, use));
  }
}

/** Ends a host's part in filling a queue; the queue is closed with the last one. */
export async function closePart(state: RunState, queue: string, part: string): Promise<void> {
  const use = state.queues.byName.get(queue);
  if (use === undefined || use.closedBy.has(part)) return;
  use.closedBy.add(part);
  const own = producersOf(state, use, part);
  for (const id of own) use.producers.delete(id);
  if (use.producers.size === 0) await state.options.coordinator.closeQueue(queue);
}

function abandoned(name: string, use: QueueUse): string {
  const [first = 'its consumer', ...others] = use.gone;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `queue "${name}" has no consumer any more: ${first}${more}`;
}
