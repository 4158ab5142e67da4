import type { Actor, Operation } from './operations.ts';
import type { Deadlock } from './search.ts';
import { blockOf, releaserOf } from './stuck.ts';

/** One who waits in a circle, with what it holds meanwhile. */
export interface CircleMember {
  readonly actor: Actor;
  readonly operation: Operation;
  /** Limits that the member before in the circle waits for, and where they were taken. */
  readonly holds: readonly Hold[];
}

/** A limit that is held in a circle. */
export interface Hold {
  readonly limit: number;
  /** The actor that took it. */
  readonly owner: Actor;
}

/**
 * One circle of a deadlock: each member waits at an operation for something that only comes when the next one has gone
 * on. Actors that wait for the order alone are looked through.
 */
export function circleOf(deadlock: Deadlock): CircleMember[] {
  const path = walk(deadlock);
  return path.flatMap(({ actor, operation }, index) => {
    if (operation === undefined) return [];
    const before = beforeIn(path, index);
    const holds = before === undefined ? [] : holdsBetween(deadlock, before.operation, path, index);
    return [{ actor, operation, holds }];
  });
}

interface Stop {
  readonly actor: Actor;
  readonly operation: Operation | undefined;
}

/** Walks from one stuck actor to one it waits for, until it comes back to where it was. */
function walk({ context, state, stuck }: Deadlock): Stop[] {
  const path: Stop[] = [];
  const seen = new Map<number, number>();
  const [start] = stuck;
  let id: number | undefined = start;
  while (id !== undefined && !seen.has(id)) {
    const actor = context.system.actors[id];
    if (actor === undefined) break;
    seen.set(id, path.length);
    const blocked = blockOf(context, state, stuck, actor);
    path.push({ actor, operation: blocked?.by === 'operation' ? blocked.operation : undefined });
    id = nearestOf(blocked?.actors ?? [], seen);
  }
  return id === undefined ? path : path.slice(seen.get(id));
}

/** An actor seen before closes the circle, so it is taken first. */
function nearestOf(actors: readonly number[], seen: ReadonlyMap<number, number>): number | undefined {
  return actors.find((id) => seen.has(id)) ?? actors[0];
}

/** The member before in the circle that waits at an operation. */
function beforeIn(
  path: readonly Stop[],
  index: number,
): (Stop & { readonly operation: Operation }) | undefined {
  for (let back = 1; back <= path.length; back++) {
    const stop = path[(index - back + path.length) % path.length];
    if (stop?.operation !== undefined) return { ...stop, operation: stop.operation };
  }
  return undefined;
}

/** What those between a waiter and the next one hold of what it waits for. */
function holdsBetween(
  { context, state }: Deadlock,
  waited: Operation,
  path: readonly Stop[],
  index: number,
): Hold[] {
  if (waited.kind !== 'take') return [];
  const ends = new Set<number>();
  for (let back = 0; back < path.length; back++) {
    const stop = path[(index - back + path.length) % path.length];
    if (back > 0 && stop?.operation !== undefined) break;
    if (stop !== undefined) ends.add(stop.actor.id);
  }
  return context.system.actors
    .filter(
      (owner) =>
        ends.has(releaserOf(context, owner.id)) && isTaken(owner, waited.limit, state.done[owner.id]),
    )
    .map((owner) => ({ limit: waited.limit, owner }));
}

function isTaken(owner: Actor, limit: number, done = -1): boolean {
  return owner.operations.some(
    (operation, position) => operation.kind === 'take' && operation.limit === limit && position < done,
  );
}
