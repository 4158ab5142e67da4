import type { Value } from '../model/value.ts';
import { copyLine, type Line, type Ticket } from './line.ts';
import type { Holder, QueueItem } from './operation.ts';

/** An event: a flag that waiters wait for. */
export interface EventState {
  isSet: boolean;
  /** Set when nothing can set the event any more: why. */
  lost?: string | undefined;
  waiters: Line<Holder>;
}

/** A hold on a limit. */
export interface Hold {
  readonly holder: Holder;
  permits: number;
  /** Set when the holder was lost and its permits can't be given back: why. */
  lost?: string | undefined;
}

/** A lock (capacity 1) or a bounded semaphore. */
export interface LimitState {
  capacity: number;
  free: number;
  /** Permits of lost holders: they are never free again. */
  lost: number;
  held: Map<Ticket, Hold>;
  waiters: Line<Readonly<Hold>>;
  /** What its tickets wait for, or hold: one for all. */
  readonly use: TicketUse;
}

/** A meeting point. */
export interface BarrierState {
  parties: Set<string>;
  arrived: Map<string, { readonly ticket: Ticket; readonly holder: Holder }>;
  generation: number;
}

/** A bounded queue. */
export interface QueueState {
  capacity: number;
  retries: number;
  deadLetter?: string | undefined;
  /** Items that nobody has, first to be handed out first. */
  items: (QueueItem & { readonly seq: number })[];
  /** Items handed out and not yet answered, by the ticket of the get. */
  out: Map<Ticket, QueueItem & { readonly seq: number }>;
  /** Numbers of the items that are not done, lowest first. */
  undone: Set<number>;
  lastSeq: number;
  putters: Line<{ readonly holder: Holder; readonly value: Value }>;
  getters: Line<Holder>;
  joiners: Line<{ readonly holder: Holder; readonly upTo: number }>;
  closed: boolean;
  /** Set when the last consumer is gone: why. */
  abandoned?: string | undefined;
}

/** What a ticket waits for, or holds. */
export type TicketUse =
  | { readonly kind: 'event' | 'limit' | 'put' | 'get' | 'join'; readonly name: string }
  | { readonly kind: 'barrier'; readonly name: string; readonly party: string };

/** All that is coordinated. Plain data; changed only by `applyInPlace`. */
export interface CoordinationState {
  readonly events: Map<string, EventState>;
  readonly limits: Map<string, LimitState>;
  readonly barriers: Map<string, BarrierState>;
  readonly queues: Map<string, QueueState>;
  readonly cells: Map<string, Value>;
  /** Every ticket that waits. */
  readonly waiting: Map<Ticket, TicketUse>;
  /** Every ticket that holds permits or an item. */
  readonly holding: Map<Ticket, TicketUse>;
}

/** The state before anything happened. */
export function emptyState(): CoordinationState {
  return {
    events: new Map(),
    limits: new Map(),
    barriers: new Map(),
    queues: new Map(),
    cells: new Map(),
    waiting: new Map(),
    holding: new Map(),
  };
}

/** An equal state that shares no mutable part with this one. Values in queues and cells are immutable and shared. */
export function copyState(state: CoordinationState): CoordinationState {
  return {
    events: mapValues(state.events, (event) => ({ ...event, waiters: copyLine(event.waiters) })),
    limits: mapValues(state.limits, (limit) => ({
      ...limit,
      held: mapValues(limit.held, (hold) => ({ ...hold })),
      waiters: copyLine(limit.waiters),
    })),
    barriers: mapValues(state.barriers, (barrier) => ({
      ...barrier,
      parties: new Set(barrier.parties),
      arrived: new Map(barrier.arrived),
    })),
    queues: mapValues(state.queues, (queue) => ({
      ...queue,
      items: [...queue.items],
      out: new Map(queue.out),
      undone: new Set(queue.undone),
      putters: copyLine(queue.putters),
      getters: copyLine(queue.getters),
      joiners: copyLine(queue.joiners),
    })),
    cells: new Map(state.cells),
    waiting: new Map(state.waiting),
    holding: new Map(state.holding),
  };
}

function mapValues<K, V>(map: ReadonlyMap<K, V>, copy: (value: V) => V): Map<K, V> {
  return new Map([...map].map(([key, value]) => [key, copy(value)]));
}
