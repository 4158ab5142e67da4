import type { Actor, HoldWaitSystem, Operation } from './operations.ts';
import {
  currentOperation,
  hasCome,
  hasEnded,
  heldOf,
  isClosed,
  isSet,
  type SearchState,
} from './search-state.ts';

/** A system with what is looked up again and again. */
export interface SearchContext {
  readonly system: HoldWaitSystem;
  /** By actor: the setters it is part of. */
  readonly sets: readonly (readonly { readonly event: number; readonly setter: number }[])[];
  /** By owner: what it holds until its release, as far as it has taken it. */
  readonly takes: readonly (readonly {
    readonly position: number;
    readonly limit: number;
    readonly permits: number;
  }[])[];
}

/** Prepares a system for searching. */
export function searchContext(system: HoldWaitSystem): SearchContext {
  const sets = system.actors.map((): { event: number; setter: number }[] => []);
  for (const [event, { setters }] of system.events.entries())
    for (const [setter, { actors }] of setters.entries())
      for (const id of actors) sets[id]?.push({ event, setter });
  const takes = system.actors.map(({ operations }) =>
    operations.flatMap((operation, position) =>
      operation.kind === 'take' ? [{ position, limit: operation.limit, permits: operation.permits }] : [],
    ),
  );
  return { system, sets, takes };
}

/**
 * Lets happen all that can only help others and keeps nobody from anything: starts, passed gates, meetings, ends with
 * what they set and give back. What is left to choose is who stands in line next, and who puts or gets next.
 */
export function settleState(context: SearchContext, state: SearchState): void {
  for (let again = true; again; ) {
    again = false;
    for (const actor of context.system.actors) while (moves(context, state, actor)) again = true;
  }
}

/** Actors with a choice: a take whose line they have not joined, a put, get or `join` of a queue possible now. */
export function choices({ system }: SearchContext, state: SearchState): number[] {
  const found: number[] = [];
  for (const actor of system.actors) {
    const operation = currentOperation(state, actor);
    if (operation !== undefined && canChoose(system, state, actor, operation)) found.push(actor.id);
  }
  return found;
}

function canChoose(system: HoldWaitSystem, state: SearchState, actor: Actor, operation: Operation): boolean {
  switch (operation.kind) {
    case 'take':
      return state.lines[operation.limit]?.includes(actor.id) !== true;
    case 'put':
      return (state.size[operation.queue] ?? 0) < (system.queues[operation.queue]?.capacity ?? 0);
    case 'get':
      return (state.size[operation.queue] ?? 0) > 0;
    case 'drain':
      // Who comes late finds items that were put meanwhile.
      return (state.undone[operation.queue] ?? 0) === 0;
    default:
      return false;
  }
}

/** Makes the choice of an actor. */
export function choose(context: SearchContext, state: SearchState, id: number): void {
  const actor = context.system.actors[id];
  const operation = actor === undefined ? undefined : currentOperation(state, actor);
  if (actor === undefined || operation === undefined) return;
  if (operation.kind === 'take') {
    state.lines[operation.limit] = [...(state.lines[operation.limit] ?? []), id];
    handOver(context, state, operation.limit);
  } else if (operation.kind === 'put') {
    add(state.size, operation.queue, 1);
    add(state.undone, operation.queue, 1);
    add(state.put, id, 1);
    if ((state.put[id] ?? 0) >= operation.items) {
      state.put[id] = 0;
      add(state.done, id, 1);
    }
  } else if (operation.kind === 'get') {
    add(state.size, operation.queue, -1);
    state.busy[id] = 1;
    add(state.done, id, 1);
  } else if (operation.kind === 'drain') add(state.done, id, 1);
}

/** Takes one step of an actor that needs no choice; whether there was one. */
function moves(context: SearchContext, state: SearchState, actor: Actor): boolean {
  const { system } = context;
  if (hasEnded(state, actor)) return false;
  if ((state.done[actor.id] ?? -1) < 0) {
    if (!actor.after.every((id) => isOver(system, state, id))) return false;
    state.done[actor.id] = 0;
    return true;
  }
  const operation = currentOperation(state, actor);
  if (operation === undefined) {
    end(context, state, actor);
    return true;
  }
  if (operation.kind === 'get') return endsConsumer(context, state, actor, operation.queue);
  if (!passes(system, state, actor, operation)) return false;
  add(state.done, actor.id, 1);
  return true;
}

function passes(system: HoldWaitSystem, state: SearchState, actor: Actor, operation: Operation): boolean {
  switch (operation.kind) {
    case 'wait':
      return isSet(system, state, operation.event);
    case 'meet':
      return (system.meetings[operation.meeting] ?? []).every((party) => hasCome(system, state, party));
    case 'await':
      return operation.actors.every((id) => isOver(system, state, id));
    case 'close':
      for (const id of system.queues[operation.queue]?.putters ?? [])
        if (system.actors[id]?.host === actor.host) state.closed[id] = 1;
      return true;
    case 'put':
      return operation.items === 0;
    default:
      return false;
  }
}

function isOver(system: HoldWaitSystem, state: SearchState, id: number): boolean {
  const actor = system.actors[id];
  return actor === undefined || hasEnded(state, actor);
}

function end(context: SearchContext, state: SearchState, actor: Actor): void {
  const { system } = context;
  state.done[actor.id] = actor.operations.length + 1;
  for (const { event, setter } of context.sets[actor.id] ?? []) {
    const one = system.events[event]?.setters[setter];
    if (one?.needs === 'one' || one?.actors.every((id) => isOver(system, state, id))) state.fired[event] = 1;
  }
  for (const give of actor.gives) giveEarly(context, state, give);
  if (actor.releases >= 0) giveBack(context, state, actor.releases);
  const begin = system.actors[actor.releases];
  if (begin !== undefined && begin !== actor && state.busy[begin.id] === 1) again(state, system, begin);
}

/** A consumer has done an item: it goes for the next one. */
function again(state: SearchState, system: HoldWaitSystem, begin: Actor): void {
  const [get] = begin.operations;
  if (get?.kind === 'get') add(state.undone, get.queue, -1);
  state.busy[begin.id] = 0;
  state.done[begin.id] = 0;
  for (const id of begin.region) if (system.actors[id] !== undefined) state.done[id] = -1;
  for (const key of [...state.given.keys()]) if (key.startsWith(`${begin.id} `)) state.given.delete(key);
}

/** A consumer ends when its queue is closed and nothing is left in it, nor with another consumer. */
function endsConsumer(context: SearchContext, state: SearchState, actor: Actor, queue: number): boolean {
  const { system } = context;
  if (!isClosed(system, state, queue) || (state.undone[queue] ?? 0) > 0) return false;
  for (const id of [actor.id, ...actor.region]) {
    const inside = system.actors[id];
    if (inside !== undefined) state.done[id] = inside.operations.length + 1;
  }
  return true;
}

function giveBack(context: SearchContext, state: SearchState, owner: number): void {
  for (const take of context.takes[owner] ?? []) {
    const held = heldOf(state, owner, take);
    if (held === 0) continue;
    add(state.free, take.limit, held);
    handOver(context, state, take.limit);
  }
}

/** More than is held fails when it runs; here it counts as all that is held. */
function giveEarly(context: SearchContext, state: SearchState, give: Actor['gives'][number]): void {
  const { owner, limit } = give;
  const key = `${owner} ${limit}`;
  for (const take of context.takes[owner] ?? []) {
    const permits = take.limit === limit ? Math.min(give.permits, heldOf(state, owner, take)) : 0;
    if (permits === 0) continue;
    state.given.set(key, (state.given.get(key) ?? 0) + permits);
    add(state.free, limit, permits);
    handOver(context, state, limit);
  }
}

/** Gives permits to those first in line, and never past them. */
function handOver({ system }: SearchContext, state: SearchState, limit: number): void {
  let line = state.lines[limit] ?? [];
  for (let first = line[0]; first !== undefined; first = line[0]) {
    const actor = system.actors[first];
    const operation = actor === undefined ? undefined : currentOperation(state, actor);
    const permits = operation?.kind === 'take' ? operation.permits : 0;
    if (permits > (state.free[limit] ?? 0)) break;
    add(state.free, limit, -permits);
    add(state.done, first, 1);
    line = line.slice(1);
  }
  state.lines[limit] = line;
}

function add(counts: Int16Array, index: number, difference: number): void {
  counts[index] = (counts[index] ?? 0) + difference;
}
