import type { StopSignal } from '../lib/stop.ts';
import type { Value } from '../model/value.ts';
import type { Ticket } from './line.ts';
import type { CellChange, Holder, QueueItem, Refusal } from './operation.ts';
import type { WaitGraph } from './wait-graph.ts';

/** What goes with every request that may have to wait. */
export interface WaitOptions {
  readonly holder: Holder;
  /** How long to wait at most. Undefined: without end. */
  readonly deadlineMs?: number | undefined;
  /** Called at once, and only, when the request can't be granted at once. */
  readonly onQueued?: (() => void) | undefined;
}

/** Who waits without a promise: where many thousands stand in line, those and what awaits them cost most of a wait. */
export interface Waiter<T> extends WaitOptions {
  /** Called once, also before the request returns; not to be called back from: what follows is to be put off. */
  granted(value: T): void;
  /** Called once in place of `granted`. */
  refused(error: Error): void;
}

/** A request for permits. */
export interface LimitRequest {
  /** The lock's or semaphore's name, its key included. */
  readonly limit: string;
  /** 1 for a lock. The first request for a limit settles its capacity. */
  readonly capacity: number;
  readonly permits: number;
}

/** Permits that are held. */
export interface Grant {
  readonly ticket: Ticket;
  readonly limit: string;
}

/** An item that a consumer has, to be answered by `ack` or `nack`. */
export interface Delivery extends QueueItem {
  readonly ticket: Ticket;
}

/** Why a request was not granted: refused by the state, out of time, cancelled by its signal, or in a stall. */
export type CoordinationFailure = Refusal | 'timeout' | 'cancelled' | 'stalled';

/** A request that was not granted. The message is for people. */
export class CoordinationError extends Error {
  readonly failure: CoordinationFailure;

  constructor(failure: CoordinationFailure, message: string) {
    super(message);
    this.name = 'CoordinationError';
    this.failure = failure;
  }
}

/**
 * Coordination between steps. Every waiting call is first come, first served; rejects with a `CoordinationError` when
 * it is refused, when its deadline passes, or when its signal is aborted (also before the call; a `CoordinationError`
 * given as the signal's reason is passed on). A call that rejects holds nothing and waits for nothing.
 */
export interface Coordinator {
  /** Waits until an event is set. A wait that began before a set wakes by it, also when a clear follows at once. */
  waitEvent(event: string, options: WaitOptions, signal: StopSignal): Promise<void>;
  /** As `waitEvent`; tells the waiter. */
  waitEventAs(event: string, waiter: Waiter<void>, signal: StopSignal): void;
  setEvent(event: string): Promise<void>;
  clearEvent(event: string): Promise<void>;
  /** Refuses (`lost`) who waits for the event, now and later, while it is not set. */
  loseEvent(event: string, reason: string): Promise<void>;
  isEventSet(event: string): boolean;

  /** Takes permits, in line; refused `too-many` above capacity, `poisoned` when lost holders keep too many. */
  acquire(request: LimitRequest, options: WaitOptions, signal: StopSignal): Promise<Grant>;
  /** As `acquire`; tells the waiter. */
  acquireAs(request: LimitRequest, waiter: Waiter<Grant>, signal: StopSignal): void;
  /**
   * Gives back all permits of a grant, or some; undefined where that is done at once. Rejects with a RangeError for more
   * than are held.
   */
  release(grant: Grant, permits?: number): Promise<void> | undefined;
  /** Marks the holder as lost: its permits are never given back, and who can only wait for them is refused. */
  poison(grant: Grant, reason: string): Promise<void>;

  /** Names the parties of a barrier; later calls for it change nothing. */
  openBarrier(barrier: string, parties: readonly string[]): Promise<void>;
  /** Waits until all parties have arrived. Cancelled: the party is awaited until it arrives again or leaves. */
  arrive(barrier: string, party: string, options: WaitOptions, signal: StopSignal): Promise<void>;
  /** Takes a party out for good; where it had arrived, it goes on. */
  leaveBarrier(barrier: string, party: string): Promise<void>;

  /** Opens a bounded queue; later calls for it change nothing. */
  openQueue(
    queue: string,
    options: {
      readonly capacity: number;
      readonly retries: number;
      readonly deadLetter?: string | undefined;
    },
  ): Promise<void>;
  /** Puts an item in, waiting while the queue is full; refused `closed` or `no-consumer`. */
  put(queue: string, value: Value, options: WaitOptions, signal: StopSignal): Promise<void>;
  /** Takes the next item, waiting while there is none; undefined at the end of a closed queue. */
  get(queue: string, options: WaitOptions, signal: StopSignal): Promise<Delivery | undefined>;
  ack(delivery: Delivery): Promise<void>;
  /**
   * Returns an item: it is tried again first of all, or goes to the dead-letter queue.
   *
   * @param retries How often an item is tried again, in place of what the queue was opened with.
   */
  nack(delivery: Delivery, retries?: number): Promise<void>;
  /** Waits until every item put so far is done; refused `no-consumer`. */
  joinQueue(queue: string, options: WaitOptions, signal: StopSignal): Promise<void>;
  closeQueue(queue: string): Promise<void>;
  /** Refuses (`no-consumer`) putters and joiners, now and later. */
  abandonQueue(queue: string, reason: string): Promise<void>;
  /** Items that nobody has taken, first to be handed out first. */
  queueItems(queue: string): readonly Value[];

  /** Changes shared values, all or nothing. Resolves to whether they were changed; refused `wrong-type`. */
  changeState(
    changes: readonly CellChange[],
    compare?: readonly { readonly name: string; readonly value: Value }[],
  ): Promise<boolean>;
  readState(name: string): Value | undefined;

  /** Who holds permits of a limit, `most` of them at most, the first to come first. */
  holdersOf(limit: string, most: number): readonly Holder[];
  /** The parties of a barrier that have not arrived, `most` of them at most. */
  missingAt(barrier: string, most: number): readonly string[];
  /** How many wait for an event. */
  eventWaiters(event: string): number;
  /** Who holds and who waits at this moment. */
  graph(): WaitGraph;
}
