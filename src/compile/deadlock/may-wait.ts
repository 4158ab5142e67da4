import { digraph } from '../graph.ts';
import { components } from './components.ts';
import type { Actor, HoldWaitSystem, Operation } from './operations.ts';

/** The operations and limits that a deadlock can be made of. */
export interface Suspects {
  /** By actor and position: whether the operation lies on a circle of waits. */
  readonly isSuspect: (actor: number, position: number) => boolean;
  readonly count: number;
}

/**
 * Finds the operations that may, through others, come to wait for themselves. A vertex stands for `this operation is
 * done, given all before it on its actor`, for `the actor has ended`, and for `what this holder does until it gives
 * back`. More edges are drawn than there are waits (any setter, any holder), so that what lies on no circle here can
 * be part of no deadlock. O(actors + operations + uses).
 */
export function suspects(system: HoldWaitSystem): Suspects {
  const vertices = new Vertices(system);
  for (const actor of system.actors) vertices.connect(actor);
  const { of, isCycle } = components(digraph(vertices.size, vertices.from, vertices.to));
  let count = 0;
  const isSuspect = (actor: number, position: number): boolean =>
    isCycle[of[vertices.operation(actor, position)] ?? -1] === true;
  for (const { id, operations } of system.actors)
    for (let position = 0; position < operations.length; position++) if (isSuspect(id, position)) count += 1;
  return { isSuspect, count };
}

/** Numbers the vertices and collects the edges. */
class Vertices {
  readonly from: number[] = [];
  readonly to: number[] = [];
  size: number;
  readonly #system: HoldWaitSystem;
  readonly #first: Int32Array;
  /** Vertices that stand for many: one for each limit, event, meeting, queue and region. */
  readonly #shared = new Map<string, number>();

  constructor(system: HoldWaitSystem) {
    this.#system = system;
    this.#first = new Int32Array(system.actors.length);
    this.size = system.actors.length;
    for (const { id, operations } of system.actors) {
      this.#first[id] = this.size;
      this.size += operations.length;
    }
  }

  operation(actor: number, position: number): number {
    return (this.#first[actor] ?? 0) + position;
  }

  /** Draws the edges of an actor and of its operations. */
  connect(actor: Actor): void {
    for (const source of actor.after) this.#edge(actor.id, source);
    for (const [position, operation] of actor.operations.entries()) {
      const vertex = this.operation(actor.id, position);
      this.#edge(actor.id, vertex);
      this.#connectOperation(vertex, operation);
      if (operation.kind === 'take') this.#hold(actor, position, operation.limit);
    }
  }

  #connectOperation(vertex: number, operation: Operation): void {
    const { events, meetings, queues } = this.#system;
    switch (operation.kind) {
      case 'wait':
        this.#edge(
          vertex,
          this.#of(`event ${operation.event}`, (event) => {
            for (const setter of events[operation.event]?.setters ?? [])
              for (const other of setter.actors) this.#edge(event, other);
          }),
        );
        return;
      case 'meet':
        this.#edge(
          vertex,
          this.#of(`meeting ${operation.meeting}`, (meeting) => {
            for (const party of meetings[operation.meeting] ?? []) this.#come(meeting, party);
          }),
        );
        return;
      case 'take':
        this.#edge(
          vertex,
          this.#of(`limit ${operation.limit}`, () => undefined),
        );
        return;
      case 'await':
        for (const other of operation.actors) this.#edge(vertex, other);
        return;
      case 'put':
      case 'drain':
      case 'get':
        this.#edge(
          vertex,
          this.#of(`queue ${operation.queue}`, (queue) => {
            for (const other of queues[operation.queue]?.putters ?? []) this.#edge(queue, other);
            for (const other of this.#system.actors)
              if (other.operations.some((one) => one.kind === 'get' && one.queue === operation.queue)) {
                this.#come(queue, other.id);
                for (const inside of other.region) this.#inside(queue, inside, other);
              }
          }),
        );
        return;
      case 'close':
        return;
    }
  }

  /** What a party of a meeting does before it comes. */
  #come(vertex: number, party: number): void {
    const actor = this.#system.actors[party];
    if (actor === undefined) return;
    for (const source of actor.after) this.#edge(vertex, source);
    for (const [position, operation] of actor.operations.entries()) {
      if (operation.kind === 'meet' || operation.kind === 'get') return;
      this.#edge(vertex, this.operation(party, position));
    }
  }

  /** Who waits for a limit waits for all that its holders do until they give it back. */
  #hold(actor: Actor, position: number, limit: number): void {
    const waited = this.#of(`limit ${limit}`, () => undefined);
    for (let later = position + 1; later < actor.operations.length; later++)
      this.#edge(waited, this.operation(actor.id, later));
    if (actor.region.length === 0) return;
    const rest = this.#of(`region ${actor.id}`, (region) => {
      for (const inside of actor.region) this.#inside(region, inside, actor);
    });
    this.#edge(waited, rest);
  }

  /** The operations of an actor inside a region, and what it follows outside. */
  #inside(vertex: number, inside: number, begin: Actor): void {
    const actor = this.#system.actors[inside];
    if (actor === undefined) return;
    for (let position = 0; position < actor.operations.length; position++)
      this.#edge(vertex, this.operation(inside, position));
    const members = this.#membersOf(begin);
    for (const source of actor.after) if (!members.has(source)) this.#edge(vertex, source);
  }

  readonly #members = new Map<number, ReadonlySet<number>>();

  #membersOf(begin: Actor): ReadonlySet<number> {
    const known = this.#members.get(begin.id);
    if (known !== undefined) return known;
    const members = new Set([begin.id, ...begin.region]);
    this.#members.set(begin.id, members);
    return members;
  }

  #of(key: string, fill: (vertex: number) => void): number {
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const vertex = this.size++;
    this.#shared.set(key, vertex);
    fill(vertex);
    return vertex;
  }

  #edge(from: number, to: number): void {
    this.from.push(from);
    this.to.push(to);
  }
}
