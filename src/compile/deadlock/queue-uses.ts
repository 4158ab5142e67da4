import type { Place } from '../../model/place.ts';
import type { PlanStep } from '../../model/plan.ts';
import type { Declarations } from '../../model/playbook.ts';

/** What a step does with a queue. */
export interface QueueUse {
  readonly does: 'put' | 'drain' | 'close';
  readonly queue: string;
  /** How many items it puts, as far as that can be seen: one for each of a written list. */
  readonly items: number;
  readonly timed: boolean;
  readonly at: Place;
}

/** The queue that a step of the module `queue` fills, closes or waits for; undefined for any other step. */
export function queueUseOf({ action, keywords, places }: PlanStep): QueueUse | undefined {
  if (action.type !== 'module' || action.module !== 'queue') return undefined;
  const { to, join, close, timeout } = action.params;
  const at = places['queue'] ?? action.at;
  const rest = { items: 0, timed: timeout !== undefined, at };
  if (typeof to === 'string') {
    const value = keywords.loop?.value;
    return { does: 'put', queue: to, ...rest, items: Array.isArray(value) ? value.length : 1 };
  }
  if (typeof join === 'string') return { does: 'drain', queue: join, ...rest };
  if (typeof close === 'string') return { does: 'close', queue: close, ...rest };
  return undefined;
}

/** Capacity and item counts made small in proportion, so that a long queue is not played item by item. */
export function scaleQueue(
  capacity: number,
  items: readonly number[],
): { capacity: number; items: number[] } {
  const total = items.reduce((sum, count) => sum + count, 0);
  const most = 3;
  if (total <= capacity) {
    const fewer = items.map((count) => Math.min(count, 2));
    return {
      capacity: Math.max(
        1,
        fewer.reduce((sum, count) => sum + count, 0),
      ),
      items: fewer,
    };
  }
  if (capacity <= most) return { capacity, items: items.map((count) => Math.min(count, capacity + most)) };
  const scaled = items.map((count) =>
    count === 0 ? 0 : Math.max(1, Math.min(2 * most, Math.ceil((count * most) / capacity))),
  );
  return { capacity: most, items: scaled };
}

/** The capacity of a declared queue; one for dead letters has none. */
export function capacityOf({ queues }: Declarations, queue: string): number {
  return queues[queue]?.capacity ?? 1_000_000;
}
