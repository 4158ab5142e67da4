import { assertNever } from '../lib/assert-never.ts';
import type { Clock } from '../lib/clock.ts';
import type { StopSignal } from '../lib/stop.ts';
import type { Value } from '../model/value.ts';
import { applyInPlace } from './apply.ts';
import {
  CoordinationError,
  type Coordinator,
  type Delivery,
  type Grant,
  type LimitRequest,
  type WaitOptions,
} from './coordinator.ts';
import { Deadlines } from './deadlines.ts';
import { inLine, type Ticket } from './line.ts';
import type { CellChange, Holder, Operation, Woken } from './operation.ts';
import { type Answered, Pending } from './pending.ts';
import { type CoordinationState, emptyState } from './state.ts';
import { type WaitGraph, waitGraphOf } from './wait-graph.ts';

/**
 * A coordinator that keeps its state in this process. Calls take effect at once, in the order they are made; waiters
 * wake in the order that the state grants them.
 *
 * @param options.record Called with each operation before its answers go out: the log from which `replay` makes the
 * same state again.
 */
export function createMemoryCoordinator(options: {
  readonly clock: Clock;
  readonly record?: ((operation: Operation) => void) | undefined;
}): MemoryCoordinator {
  return new MemoryCoordinator(options.clock, options.record);
}

/** See `createMemoryCoordinator`. */
export class MemoryCoordinator implements Coordinator {
  readonly #state = emptyState();
  readonly #pending = new Map<Ticket, Pending>();
  readonly #deadlines: Deadlines;
  readonly #record: ((operation: Operation) => void) | undefined;
  readonly #onStop = (ticket: Ticket, signal: StopSignal | undefined) =>
    this.#cancel(ticket, cancelledBy(signal));
  #lastTicket = 0;

  constructor(clock: Clock, record: ((operation: Operation) => void) | undefined) {
    this.#deadlines = new Deadlines(clock, (ticket) =>
      this.#cancel(ticket, new CoordinationError('timeout', 'the wait took too long')),
    );
    this.#record = record;
  }

  /** The state itself, for tests and for drivers that store it. Read only. */
  get state(): CoordinationState {
    return this.#state;
  }

  waitEvent(event: string, options: WaitOptions, signal: StopSignal): Promise<void> {
    const { holder } = options;
    const ticket = this.#nextTicket();
    return this.#request({ type: 'event-wait', ticket, event, holder }, options, signal, nothing);
  }

  async setEvent(event: string): Promise<void> {
    this.#dispatch({ type: 'event-set', event });
  }

  async clearEvent(event: string): Promise<void> {
    this.#dispatch({ type: 'event-clear', event });
  }

  async loseEvent(event: string, reason: string): Promise<void> {
    this.#dispatch({ type: 'event-lose', event, reason });
  }

  isEventSet(event: string): boolean {
    return this.#state.events.get(event)?.isSet ?? false;
  }

  acquire(request: LimitRequest, options: WaitOptions, signal: StopSignal): Promise<Grant> {
    const { limit, capacity, permits } = request;
    const { holder } = options;
    const ticket = this.#nextTicket();
    return this.#request(
      { type: 'limit-acquire', ticket, limit, capacity, permits, holder },
      options,
      signal,
      () => ({ ticket, limit }),
    );
  }

  async release(grant: Grant, permits?: number): Promise<void> {
    this.#dispatch({ type: 'limit-release', ticket: grant.ticket, permits });
  }

  async poison(grant: Grant, reason: string): Promise<void> {
    this.#dispatch({ type: 'limit-poison', ticket: grant.ticket, reason });
  }

  async openBarrier(barrier: string, parties: readonly string[]): Promise<void> {
    this.#dispatch({ type: 'barrier-open', barrier, parties });
  }

  arrive(barrier: string, party: string, options: WaitOptions, signal: StopSignal): Promise<void> {
    const { holder } = options;
    const ticket = this.#nextTicket();
    return this.#request(
      { type: 'barrier-arrive', ticket, barrier, party, holder },
      options,
      signal,
      nothing,
    );
  }

  async leaveBarrier(barrier: string, party: string): Promise<void> {
    this.#dispatch({ type: 'barrier-leave', barrier, party });
  }

  async openQueue(
    queue: string,
    options: {
      readonly capacity: number;
      readonly retries: number;
      readonly deadLetter?: string | undefined;
    },
  ): Promise<void> {
    this.#dispatch({ type: 'queue-open', queue, ...options });
  }

  put(queue: string, value: Value, options: WaitOptions, signal: StopSignal): Promise<void> {
    const { holder } = options;
    const ticket = this.#nextTicket();
    return this.#request({ type: 'queue-put', ticket, queue, value, holder }, options, signal, nothing);
  }

  get(queue: string, options: WaitOptions, signal: StopSignal): Promise<Delivery | undefined> {
    const { holder } = options;
    const ticket = this.#nextTicket();
    return this.#request({ type: 'queue-get', ticket, queue, holder }, options, signal, (woken) =>
      woken.answer === 'item' ? { ...woken.item, ticket } : undefined,
    );
  }

  async ack(delivery: Delivery): Promise<void> {
    this.#dispatch({ type: 'queue-ack', ticket: delivery.ticket });
  }

  async nack(delivery: Delivery, retries?: number): Promise<void> {
    this.#dispatch({ type: 'queue-nack', ticket: delivery.ticket, retries });
  }

  joinQueue(queue: string, options: WaitOptions, signal: StopSignal): Promise<void> {
    const { holder } = options;
    const ticket = this.#nextTicket();
    return this.#request({ type: 'queue-join', ticket, queue, holder }, options, signal, nothing);
  }

  async closeQueue(queue: string): Promise<void> {
    this.#dispatch({ type: 'queue-close', queue });
  }

  async abandonQueue(queue: string, reason: string): Promise<void> {
    this.#dispatch({ type: 'queue-abandon', queue, reason });
  }

  queueItems(queue: string): readonly Value[] {
    return (this.#state.queues.get(queue)?.items ?? []).map((item) => item.value);
  }

  changeState(
    changes: readonly CellChange[],
    compare: readonly { readonly name: string; readonly value: Value }[] = [],
  ): Promise<boolean> {
    const ticket = this.#nextTicket();
    const operation = { type: 'cells-change', ticket, compare, changes } as const;
    return this.#request(operation, undefined, undefined, isApplied);
  }

  readState(name: string): Value | undefined {
    return this.#state.cells.get(name);
  }

  holdersOf(limit: string, most: number): readonly Holder[] {
    const holders: Holder[] = [];
    for (const { holder } of this.#state.limits.get(limit)?.held.values() ?? []) {
      if (holders.length >= most) break;
      holders.push(holder);
    }
    return holders;
  }

  missingAt(barrier: string, most: number): readonly string[] {
    const missing: string[] = [];
    const { parties = new Set<string>(), arrived } = this.#state.barriers.get(barrier) ?? {};
    for (const party of parties) {
      if (missing.length >= most) break;
      if (arrived?.has(party) !== true) missing.push(party);
    }
    return missing;
  }

  eventWaiters(event: string): number {
    const waiters = this.#state.events.get(event)?.waiters;
    return waiters === undefined ? 0 : inLine(waiters).length;
  }

  graph(): WaitGraph {
    return waitGraphOf(this.#state);
  }

  #nextTicket(): Ticket {
    this.#lastTicket += 1;
    return this.#lastTicket;
  }

  // What is granted at once sets no timer and listens to no signal.
  #request<T>(
    operation: Operation & { readonly ticket: Ticket },
    options: WaitOptions | undefined,
    signal: StopSignal | undefined,
    read: (woken: Answered) => T,
  ): Promise<T> {
    if (signal?.aborted === true) return Promise.reject(cancelledBy(signal));
    const { ticket } = operation;
    return new Promise((resolve, reject) => {
      const pending = new Pending(ticket, (woken) => resolve(read(woken)), reject, this.#onStop);
      this.#pending.set(ticket, pending);
      this.#dispatch(operation);
      if (!this.#pending.has(ticket)) return;
      const deadlineMs = options?.deadlineMs;
      if (deadlineMs !== undefined) this.#deadlines.add(ticket, deadlineMs);
      pending.deadlineMs = deadlineMs;
      pending.signal = signal;
      signal?.addEventListener('abort', pending);
      options?.onQueued?.();
    });
  }

  #take(ticket: Ticket): Pending | undefined {
    const pending = this.#pending.get(ticket);
    if (pending === undefined) return undefined;
    this.#pending.delete(ticket);
    if (pending.deadlineMs !== undefined) this.#deadlines.delete(ticket, pending.deadlineMs);
    pending.signal?.removeEventListener('abort', pending);
    return pending;
  }

  #cancel(ticket: Ticket, error: Error): void {
    const pending = this.#take(ticket);
    if (pending === undefined) return;
    pending.reject(error);
    this.#dispatch({ type: 'cancel', ticket });
  }

  #dispatch(operation: Operation): void {
    const woken = applyInPlace(this.#state, operation);
    this.#record?.(operation);
    for (const one of woken) this.#settle(one);
  }

  #settle(woken: Woken): void {
    const pending = this.#take(woken.ticket);
    if (pending === undefined) return;
    switch (woken.answer) {
      case 'refused':
        pending.reject(new CoordinationError(woken.refusal, woken.reason));
        return;
      case 'granted':
      case 'item':
      case 'end':
      case 'applied':
        pending.resolve(woken);
        return;
      default:
        assertNever(woken);
    }
  }
}

const isApplied = (woken: Answered): boolean => woken.answer === 'applied' && woken.applied;
const nothing = (): void => undefined;

function cancelledBy(signal: StopSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  if (reason instanceof CoordinationError) return reason;
  return new CoordinationError('cancelled', 'the wait was cancelled');
}
