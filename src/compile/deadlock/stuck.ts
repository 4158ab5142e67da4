import type { Actor, Operation } from './operations.ts';
import type { SearchContext } from './progress.ts';
import { hasCome, hasEnded, heldOf, isSet, type SearchState } from './search-state.ts';

/**
 * Of a state in which nothing goes on by itself, the actors that will not go on either when every wait with a timeout
 * has ended somehow: whatever the others do or have done, these wait for each other.
 */
export function stuckActors(context: SearchContext, state: SearchState): ReadonlySet<number> {
  const stuck = new Set<number>();
  for (const actor of context.system.actors) if (!hasEnded(state, actor)) stuck.add(actor.id);
  for (let changed = true; changed; ) {
    changed = false;
    for (const id of stuck) {
      const actor = context.system.actors[id];
      if (actor === undefined || blockOf(context, state, stuck, actor) !== undefined) continue;
      stuck.delete(id);
      changed = true;
    }
  }
  return stuck;
}

/** What keeps a stuck actor: others that must end first, or an operation that cannot be done. */
export type Blocked =
  | { readonly by: 'order'; readonly actors: readonly number[] }
  | {
      readonly by: 'operation';
      readonly operation: Operation;
      /** Actors any of which would help. */
      readonly actors: readonly number[];
    };

/** What keeps an actor while others are stuck; undefined where nothing does. */
export function blockOf(
  context: SearchContext,
  state: SearchState,
  stuck: ReadonlySet<number>,
  actor: Actor,
): Blocked | undefined {
  const done = state.done[actor.id] ?? -1;
  if (done < 0) {
    const actors = actor.after.filter((id) => stuck.has(id));
    if (actors.length > 0) return { by: 'order', actors };
  }
  for (const operation of actor.operations.slice(Math.max(0, done))) {
    if (operation.timed) continue;
    const actors = hinderers(context, state, stuck, actor, operation);
    if (actors !== undefined) return { by: 'operation', operation, actors };
  }
  return undefined;
}

/** The stuck actors that an operation would need; undefined where it can be done without them. */
function hinderers(
  context: SearchContext,
  state: SearchState,
  stuck: ReadonlySet<number>,
  actor: Actor,
  operation: Operation,
): readonly number[] | undefined {
  const { system } = context;
  switch (operation.kind) {
    case 'wait':
      return unset(context, state, stuck, operation.event);
    case 'meet': {
      const missing = (system.meetings[operation.meeting] ?? []).filter(
        (party) => stuck.has(party) && !hasCome(system, state, party),
      );
      return missing.length > 0 ? missing : undefined;
    }
    case 'take':
      return holders(context, state, stuck, actor, operation);
    case 'await': {
      const left = operation.actors.filter((id) => stuck.has(id));
      return left.length > 0 ? left : undefined;
    }
    case 'put': {
      const room = (system.queues[operation.queue]?.capacity ?? 0) - (state.size[operation.queue] ?? 0);
      if (operation.items - (state.put[actor.id] ?? 0) <= room) return undefined;
      return allStuck(consumerEnds(context, operation.queue), stuck);
    }
    case 'drain':
      if ((state.undone[operation.queue] ?? 0) === 0) return undefined;
      return allStuck(consumerEnds(context, operation.queue), stuck);
    case 'get':
      return emptyFor(context, state, stuck, actor, operation.queue);
    case 'close':
      return undefined;
  }
}

function unset(
  { system }: SearchContext,
  state: SearchState,
  stuck: ReadonlySet<number>,
  event: number,
): readonly number[] | undefined {
  if (isSet(system, state, event)) return undefined;
  const setters = system.events[event]?.setters ?? [];
  const free = setters.some(({ actors, needs }) =>
    needs === 'all' ? !actors.some((id) => stuck.has(id)) : !actors.every((id) => stuck.has(id)),
  );
  return free ? undefined : setters.flatMap(({ actors }) => actors.filter((id) => stuck.has(id)));
}

/** Who holds too much of a limit, or stands stuck before the actor in its line. */
function holders(
  context: SearchContext,
  state: SearchState,
  stuck: ReadonlySet<number>,
  actor: Actor,
  { limit, permits }: Extract<Operation, { kind: 'take' }>,
): readonly number[] | undefined {
  let held = 0;
  const owners: number[] = [];
  for (const owner of context.system.actors) {
    const end = releaserOf(context, owner.id);
    if (!stuck.has(end) || end === actor.id) continue;
    for (const take of context.takes[owner.id] ?? []) {
      const left = take.limit === limit ? heldOf(state, owner.id, take) : 0;
      if (left === 0) continue;
      held += left;
      owners.push(end);
    }
  }
  if (held + permits > (context.system.limits[limit]?.capacity ?? 0)) return owners;
  const line = state.lines[limit] ?? [];
  const before = line.slice(0, Math.max(0, line.indexOf(actor.id))).filter((id) => stuck.has(id));
  return before.length > 0 ? before : undefined;
}

/** The actor with whose end an owner gives back. */
export function releaserOf({ system }: SearchContext, owner: number): number {
  const region = system.actors[owner]?.region ?? [];
  return region.find((id) => system.actors[id]?.releases === owner) ?? owner;
}

function allStuck(actors: readonly number[], stuck: ReadonlySet<number>): readonly number[] | undefined {
  return actors.every((id) => stuck.has(id)) ? actors : undefined;
}

/** Where the work on an item ends: a consumer that has one is stuck with it there. */
function consumerEnds(context: SearchContext, queue: number): readonly number[] {
  return consumersOf(context, queue).map((id) => releaserOf(context, id));
}

function consumersOf({ system }: SearchContext, queue: number): readonly number[] {
  return system.actors
    .filter(({ operations }) => operations.some((one) => one.kind === 'get' && one.queue === queue))
    .map(({ id }) => id);
}

/** A consumer stays without an item while all who may still put are stuck, and is not done before they are. */
function emptyFor(
  context: SearchContext,
  state: SearchState,
  stuck: ReadonlySet<number>,
  actor: Actor,
  queue: number,
): readonly number[] | undefined {
  if ((state.size[queue] ?? 0) > 0) return undefined;
  const putters = (context.system.queues[queue]?.putters ?? []).filter((id) => state.closed[id] !== 1);
  const left = putters.filter((id) => stuck.has(id));
  const others = consumersOf(context, queue).filter(
    (id) => id !== actor.id && state.busy[id] === 1 && stuck.has(releaserOf(context, id)),
  );
  const hindering = [...left, ...others];
  return hindering.length > 0 ? hindering : undefined;
}
