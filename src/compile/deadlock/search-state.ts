import type { Actor, HoldWaitSystem, Operation } from './operations.ts';

/** Where everybody is. */
export interface SearchState {
  /**
   * By actor: -1 not started, else how many of its operations are done; one more than it has when it has ended.
   */
  readonly done: Int16Array;
  /** By limit: actors that stand in line, first come first. */
  readonly lines: (readonly number[])[];
  /** By limit: permits that are free. */
  readonly free: Int16Array;
  /** By event: 1 once it is set. */
  readonly fired: Uint8Array;
  /** By actor: items put so far by its current operation. */
  readonly put: Int16Array;
  /** By queue: items that nobody has taken. */
  readonly size: Int16Array;
  /** By queue: items that are not done. */
  readonly undone: Int16Array;
  /** Consumers (by the actor that gets) that have an item. */
  readonly busy: Uint8Array;
  /** Permits that an owner has given back before its end, by `owner limit`. */
  readonly given: Map<string, number>;
  /** Putters whose puts ended early, by `close`. */
  readonly closed: Uint8Array;
}

/** Nobody has started. */
export function firstState({ actors, limits, events, queues }: HoldWaitSystem): SearchState {
  return {
    done: new Int16Array(actors.length).fill(-1),
    lines: limits.map(() => []),
    free: Int16Array.from(limits, ({ capacity }) => Math.min(capacity, 32_000)),
    fired: new Uint8Array(events.length),
    put: new Int16Array(queues.length === 0 ? 0 : actors.length),
    size: new Int16Array(queues.length),
    undone: new Int16Array(queues.length),
    busy: new Uint8Array(queues.length === 0 ? 0 : actors.length),
    given: new Map(),
    closed: new Uint8Array(queues.length === 0 ? 0 : actors.length),
  };
}

/** A copy that may be changed. */
export function copyState(state: SearchState): SearchState {
  return {
    done: state.done.slice(),
    lines: state.lines.slice(),
    free: state.free.slice(),
    fired: state.fired.slice(),
    put: state.put.slice(),
    size: state.size.slice(),
    undone: state.undone.slice(),
    busy: state.busy.slice(),
    given: new Map(state.given),
    closed: state.closed.slice(),
  };
}

/** Permits that an owner still holds of a take that it has done. */
export function heldOf(
  state: SearchState,
  owner: number,
  {
    position,
    limit,
    permits,
  }: { readonly position: number; readonly limit: number; readonly permits: number },
): number {
  if ((state.done[owner] ?? -1) <= position) return 0;
  return permits - (state.given.get(`${owner} ${limit}`) ?? 0);
}

/** Whether an actor has ended. */
export function hasEnded(state: SearchState, actor: Actor): boolean {
  return (state.done[actor.id] ?? -1) > actor.operations.length;
}

/** The operation that an actor has before it; undefined where it has not started, or has none left. */
export function currentOperation(state: SearchState, actor: Actor): Operation | undefined {
  const done = state.done[actor.id] ?? -1;
  return done < 0 ? undefined : actor.operations[done];
}

/** Whether an event is set. */
export function isSet(system: HoldWaitSystem, state: SearchState, event: number): boolean {
  return system.events[event]?.open !== false || state.fired[event] === 1;
}

/** Whether a party has come to its meeting, or is past it. */
export function hasCome(system: HoldWaitSystem, state: SearchState, party: number): boolean {
  const actor = system.actors[party];
  if (actor === undefined) return true;
  const position = actor.operations.findIndex(({ kind }) => kind === 'meet');
  return (state.done[party] ?? -1) >= position;
}

/** Whether a queue takes no further item: all who may put have ended. */
export function isClosed(system: HoldWaitSystem, state: SearchState, queue: number): boolean {
  return (system.queues[queue]?.putters ?? []).every((id) => {
    const actor = system.actors[id];
    return actor === undefined || hasEnded(state, actor) || state.closed[id] === 1;
  });
}
