import { inLine } from './line.ts';
import type { Holder } from './operation.ts';
import type { CoordinationState, TicketUse } from './state.ts';

/** What is waited for or held. */
export type ResourceKind = TicketUse['kind'];

/** Someone who waits. */
export interface Waiting {
  readonly kind: ResourceKind;
  readonly name: string;
  readonly holder: Holder;
}

/** Someone who holds permits or an item. */
export interface Holding extends Waiting {
  readonly permits: number;
  /** Set when the holder was lost: why. */
  readonly lost?: string | undefined;
}

/** Who holds and who waits, by the names that authors gave. */
export interface WaitGraph {
  readonly waiting: readonly Waiting[];
  readonly holding: readonly Holding[];
}

/** Reads the wait-for graph from the state; waiters of one name stand in the order they came. */
export function waitGraphOf(state: CoordinationState): WaitGraph {
  const waiting: Waiting[] = [];
  const holding: Holding[] = [];
  for (const [name, event] of state.events)
    for (const { value } of inLine(event.waiters)) waiting.push({ kind: 'event', name, holder: value });
  for (const [name, limit] of state.limits) {
    for (const hold of limit.held.values())
      holding.push({ kind: 'limit', name, holder: hold.holder, permits: hold.permits, lost: hold.lost });
    for (const { value } of inLine(limit.waiters))
      waiting.push({ kind: 'limit', name, holder: value.holder });
  }
  for (const [name, barrier] of state.barriers)
    for (const { holder } of barrier.arrived.values()) waiting.push({ kind: 'barrier', name, holder });
  for (const [name, queue] of state.queues) {
    for (const { value } of inLine(queue.putters)) waiting.push({ kind: 'put', name, holder: value.holder });
    for (const { value } of inLine(queue.getters)) waiting.push({ kind: 'get', name, holder: value });
    for (const { value } of inLine(queue.joiners)) waiting.push({ kind: 'join', name, holder: value.holder });
  }
  return { waiting, holding };
}

/** The graph in words: a line for each waiter, naming what it waits for and who holds that. */
export function describeWaitGraph(graph: WaitGraph): readonly string[] {
  return graph.waiting.map((wait) => {
    const holders = graph.holding.filter((hold) => hold.kind === wait.kind && hold.name === wait.name);
    const held = holders.map((hold) => hold.holder.label).join(', ');
    const what = `${wait.holder.label} waits for ${describeResource(wait.kind, wait.name)}`;
    return held === '' ? what : `${what}, held by ${held}`;
  });
}

/** What is waited for, in words. */
export function describeResource(kind: ResourceKind, name: string): string {
  switch (kind) {
    case 'event':
      return `event "${name}"`;
    case 'limit':
      return name;
    case 'barrier':
      return `the others at ${name}`;
    case 'put':
      return `room in queue "${name}"`;
    case 'get':
      return `an item of queue "${name}"`;
    case 'join':
      return `queue "${name}" to be worked off`;
  }
}
