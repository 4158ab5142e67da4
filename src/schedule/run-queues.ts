import type { NodeId } from '../model/plan.ts';
import type { Value } from '../model/value.ts';
import { partOf, type QueueUse } from './queue-uses.ts';
import type { RunState } from './run-state.ts';

/** Opens the queues of a run: closed where nothing fills them, abandoned where nothing empties them. */
export async function openQueues({ plan, queues, options: { coordinator } }: RunState): Promise<void> {
  const declared = plan.declarations.queues;
  const letters = new Set(Object.values(declared).map((queue) => queue.deadLetter));
  for (const [name, { capacity = Number.MAX_SAFE_INTEGER, deadLetter }] of Object.entries(declared)) {
    await coordinator.openQueue(name, { capacity, retries: 0, deadLetter });
    const use = queues.byName.get(name);
    if (use?.producers.size === 0) await coordinator.closeQueue(name);
    if (use?.consumers.size === 0 && !letters.has(name))
      await coordinator.abandonQueue(name, `nothing in this run consumes queue "${name}"`);
  }
}

/** Items that nobody has taken when the run ends. */
export function leftItems({
  plan,
  options: { coordinator },
}: RunState): Readonly<Record<string, readonly Value[]>> {
  const names = Object.keys(plan.declarations.queues);
  const left = names.map((name): [string, readonly Value[]] => [name, coordinator.queueItems(name)]);
  return Object.fromEntries(left.filter(([, items]) => items.length > 0));
}

/** Nodes of a part that may put something into a queue. */
export function producersOf(state: RunState, use: QueueUse, part: string): readonly NodeId[] {
  return [...use.producers].filter((id) => {
    const node = state.graph.nodes[id];
    return node !== undefined && 'host' in node && partOf(node, node.host) === part;
  });
}
