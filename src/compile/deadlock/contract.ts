import { digraph, indegrees, settle } from '../graph.ts';
import type { Suspects } from './may-wait.ts';
import type { Actor, HoldWaitSystem, Operation } from './operations.ts';

/**
 * Leaves out what cannot matter to a deadlock: permits that no suspect wait has to do with, and actors that neither
 * wait nor set nor give back, whose order is handed on to those behind them. Ids change.
 */
export function contract(system: HoldWaitSystem, suspects: Suspects): HoldWaitSystem {
  const operations = keptOperations(system, suspects);
  const matters = mattering(system, operations);
  const { order } = topological(system);
  const ids = new Int32Array(system.actors.length).fill(-1);
  let next = 0;
  for (const id of order) if (matters.has(id)) ids[id] = next++;
  const sources = sourcesThrough(system, order, matters);
  const renamed = (list: readonly number[]): number[] =>
    list.map((id) => ids[id] ?? -1).filter((id) => id >= 0);
  const actors: Actor[] = [];
  for (const id of order) {
    const actor = system.actors[id];
    if (actor === undefined || !matters.has(id)) continue;
    actors.push({
      ...actor,
      id: ids[id] ?? 0,
      after: renamed([...(sources[id] ?? [])]),
      operations: (operations[id] ?? []).map((operation) =>
        operation.kind === 'await' ? { ...operation, actors: renamed(operation.actors) } : operation,
      ),
      releases: ids[actor.releases] ?? -1,
      gives: actor.gives.map((give) => ({ ...give, owner: ids[give.owner] ?? -1 })),
      region: renamed(actor.region),
    });
  }
  return {
    actors,
    limits: system.limits,
    events: system.events.map((event) => ({
      ...event,
      setters: event.setters.map((setter) => ({ ...setter, actors: renamed(setter.actors) })),
    })),
    meetings: system.meetings.map(renamed),
    queues: system.queues.map((queue) => ({ ...queue, putters: renamed(queue.putters) })),
  };
}

/** All operations but the takes of limits that are neither suspect nor held around something that is. */
function keptOperations(system: HoldWaitSystem, { isSuspect }: Suspects): (readonly Operation[])[] {
  const limits = new Set<number>();
  const isAround = (actor: Actor): boolean =>
    actor.region.some((inside) =>
      (system.actors[inside]?.operations ?? []).some((_, position) => isSuspect(inside, position)),
    );
  for (const actor of system.actors)
    for (const [position, operation] of actor.operations.entries())
      if (operation.kind === 'take' && (isSuspect(actor.id, position) || isAround(actor)))
        limits.add(operation.limit);
  return system.actors.map(({ operations }) =>
    operations.filter((operation) => operation.kind !== 'take' || limits.has(operation.limit)),
  );
}

/** Actors that do something, set or put something, close what is held, or are waited for by name. */
function mattering(
  { actors, events, queues }: HoldWaitSystem,
  operations: readonly (readonly Operation[])[],
): ReadonlySet<number> {
  const matters = new Set<number>();
  for (const actor of actors) if (doesSomething(actor, operations)) matters.add(actor.id);
  const named = [
    ...operations.flat().flatMap((operation) => (operation.kind === 'await' ? operation.actors : [])),
    ...events.flatMap(({ setters }) => setters.flatMap((setter) => setter.actors)),
    ...queues.flatMap(({ putters }) => putters),
  ];
  for (const id of named) matters.add(id);
  return matters;
}

function doesSomething(actor: Actor, operations: readonly (readonly Operation[])[]): boolean {
  if ((operations[actor.id] ?? []).length > 0 || actor.gives.length > 0) return true;
  if (actor.releases === actor.id) return false;
  return (operations[actor.releases] ?? []).some(({ kind }) => kind === 'take' || kind === 'get');
}

function topological({ actors }: HoldWaitSystem): { readonly order: readonly number[] } {
  const from: number[] = [];
  const to: number[] = [];
  for (const actor of actors)
    for (const source of actor.after) {
      from.push(source);
      to.push(actor.id);
    }
  const graph = digraph(actors.length, from, to);
  return settle(graph, indegrees(graph));
}

/** For each actor those before it that matter, looking through the others. */
function sourcesThrough(
  { actors }: HoldWaitSystem,
  order: readonly number[],
  matters: ReadonlySet<number>,
): ReadonlySet<number>[] {
  const sources: ReadonlySet<number>[] = [];
  for (const id of order) {
    const found = new Set<number>();
    for (const source of actors[id]?.after ?? []) {
      if (matters.has(source)) found.add(source);
      else for (const further of sources[source] ?? []) found.add(further);
    }
    sources[id] = found;
  }
  return sources;
}
