import { assertNever } from '../lib/assert-never.ts';
import type { Clock } from '../lib/clock.ts';
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
import { inLine, type Ticket } from './line.ts';
import type { CellChange, Holder, Operation, Woken } from './operation.ts';
import { type CoordinationState, emptyState } from './state.ts';
import { type WaitGraph, waitGraphOf } from './wait-graph.ts';

type Answered = Exclude<Woken, { answer: 'refused' }>;

interface Pending {
  resolve(woken: Answered): void;
  reject(error: Error): void;
  /** Takes back the timer and the abort listener. */
  release: () => void;
}

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
  readonly #clock: Clock;
  readonly #record: ((operation: Operation) => void) | undefined;
  #lastTicket = 0;

  constructor(clock: Clock, record: ((operation: Operation) => void) | undefined) {
    this.#clock = clock;
    this.#record = record;
  }

  /** The state itself, for tests and for drivers that store it. Read only. */
  get state(): CoordinationState {
    return this.#state;
  }

  async waitEvent(event: string, options: WaitOptions, signal: AbortSignal): Promise<void> {
    const { holder } = options;
    await this.#request((ticket) => ({ type: 'event-wait', ticket, event, holder }), options, signal);
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

  async acquire(request: LimitRequest, options: WaitOptions, signal: AbortSignal): Promise<Grant> {
    const { limit } = request;
    const { holder } = options;
    const make = (ticket: Ticket): Operation => ({ type: 'limit-acquire', ticket, ...request, holder });
    const { ticket } = await this.#request(make, options, signal);
    return { ticket, limit };
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

  async arrive(barrier: string, party: string, options: WaitOptions, signal: AbortSignal): Promise<void> {
    const { holder } = options;
    await this.#request(
      (ticket) => ({ type: 'barrier-arrive', ticket, barrier, party, holder }),
      options,
      signal,
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

  async put(queue: string, value: Value, options: WaitOptions, signal: AbortSignal): Promise<void> {
    const { holder } = options;
    await this.#request((ticket) => ({ type: 'queue-put', ticket, queue, value, holder }), options, signal);
  }

  async get(queue: string, options: WaitOptions, signal: AbortSignal): Promise<Delivery | undefined> {
    const { holder } = options;
    const woken = await this.#request(
      (ticket) => ({ type: 'queue-get', ticket, queue, holder }),
      options,
      signal,
    );
    return woken.answer === 'item' ? { ...woken.item, ticket: woken.ticket } : undefined;
  }

  async ack(delivery: Delivery): Promise<void> {
    this.#dispatch({ type: 'queue-ack', ticket: delivery.ticket });
  }

  async nack(delivery: Delivery, retries?: number): Promise<void> {
    this.#dispatch({ type: 'queue-nack', ticket: delivery.ticket, retries });
  }

  async joinQueue(queue: string, options: WaitOptions, signal: AbortSignal): Promise<void> {
    const { holder } = options;
    await this.#request((ticket) => ({ type: 'queue-join', ticket, queue, holder }), options, signal);
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

  async changeState(
    changes: readonly CellChange[],
    compare: readonly { readonly name: string; readonly value: Value }[] = [],
  ): Promise<boolean> {
    const make = (ticket: Ticket): Operation => ({ type: 'cells-change', ticket, compare, changes });
    const woken = await this.#request(make, undefined, undefined);
    return woken.answer === 'applied' && woken.applied;
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

  #request(
    make: (ticket: Ticket) => Operation,
    options: WaitOptions | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Answered> {
    if (signal?.aborted === true) return Promise.reject(cancelledBy(signal));
    this.#lastTicket += 1;
    const ticket = this.#lastTicket;
    return new Promise((resolve, reject) => {
      const pending: Pending = { resolve, reject, release: () => undefined };
      this.#pending.set(ticket, pending);
      this.#dispatch(make(ticket));
      if (!this.#pending.has(ticket)) return;
      pending.release = this.#watch(ticket, options, signal);
      options?.onQueued?.();
    });
  }

  #watch(ticket: Ticket, options: WaitOptions | undefined, signal: AbortSignal | undefined): () => void {
    const abort = () => signal !== undefined && this.#cancel(ticket, cancelledBy(signal));
    signal?.addEventListener('abort', abort, { once: true });
    const deadlineMs = options?.deadlineMs;
    const expire = () => this.#cancel(ticket, new CoordinationError('timeout', 'the wait took too long'));
    const stopTimer = deadlineMs === undefined ? undefined : this.#clock.after(deadlineMs, expire);
    return () => {
      stopTimer?.();
      signal?.removeEventListener('abort', abort);
    };
  }

  #cancel(ticket: Ticket, error: Error): void {
    const pending = this.#pending.get(ticket);
    if (pending === undefined) return;
    this.#pending.delete(ticket);
    pending.release();
    pending.reject(error);
    this.#dispatch({ type: 'cancel', ticket });
  }

  #dispatch(operation: Operation): void {
    const woken = applyInPlace(this.#state, operation);
    this.#record?.(operation);
    for (const one of woken) this.#settle(one);
  }

  #settle(woken: Woken): void {
    const pending = this.#pending.get(woken.ticket);
    if (pending === undefined) return;
    this.#pending.delete(woken.ticket);
    pending.release();
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

function cancelledBy(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  if (reason instanceof CoordinationError) return reason;
  return new CoordinationError('cancelled', 'the wait was cancelled');
}
