import type { Clock } from '../lib/clock.ts';
import type { StopSignal } from '../lib/stop.ts';
import type { Value } from '../model/value.ts';
import type { Coordinator, Delivery, Grant, LimitRequest, Waiter, WaitOptions } from './coordinator.ts';
import { inLine } from './line.ts';
import type { CellChange, Holder, Operation } from './operation.ts';
import { type Answered, type Asker, Pending } from './pending.ts';
import { Requests } from './requests.ts';
import type { CoordinationState } from './state.ts';
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
  readonly #requests: Requests;

  constructor(clock: Clock, record: ((operation: Operation) => void) | undefined) {
    this.#requests = new Requests(clock, record);
  }

  /** The state itself, for tests and for drivers that store it. Read only. */
  get state(): CoordinationState {
    return this.#requests.state;
  }

  waitEvent(event: string, options: WaitOptions, signal: StopSignal): Promise<void> {
    return new Promise((granted, refused) => this.#waitEvent(event, options, { granted, refused }, signal));
  }

  waitEventAs(event: string, waiter: Waiter<void>, signal: StopSignal): void {
    this.#waitEvent(event, waiter, waiter, signal);
  }

  #waitEvent(event: string, options: WaitOptions, asker: Asker<void>, signal: StopSignal): void {
    const ticket = this.#requests.nextTicket();
    const pending = new Pending(ticket, event, asker, nothing, this.#requests.onStop);
    this.#requests.ask(
      { type: 'event-wait', ticket, event, holder: options.holder },
      pending,
      options,
      signal,
    );
  }

  async setEvent(event: string): Promise<void> {
    this.#requests.dispatch({ type: 'event-set', event });
  }

  async clearEvent(event: string): Promise<void> {
    this.#requests.dispatch({ type: 'event-clear', event });
  }

  async loseEvent(event: string, reason: string): Promise<void> {
    this.#requests.dispatch({ type: 'event-lose', event, reason });
  }

  isEventSet(event: string): boolean {
    return this.#requests.state.events.get(event)?.isSet ?? false;
  }

  acquire(request: LimitRequest, options: WaitOptions, signal: StopSignal): Promise<Grant> {
    return new Promise((granted, refused) => this.#acquire(request, options, { granted, refused }, signal));
  }

  acquireAs(request: LimitRequest, waiter: Waiter<Grant>, signal: StopSignal): void {
    this.#acquire(request, waiter, waiter, signal);
  }

  #acquire(
    { limit, capacity, permits }: LimitRequest,
    options: WaitOptions,
    asker: Asker<Grant>,
    signal: StopSignal,
  ): void {
    const ticket = this.#requests.nextTicket();
    const pending = new Pending(ticket, limit, asker, grantOf, this.#requests.onStop);
    const { holder } = options;
    this.#requests.ask(
      { type: 'limit-acquire', ticket, limit, capacity, permits, holder },
      pending,
      options,
      signal,
    );
  }

  release(grant: Grant, permits?: number): Promise<void> | undefined {
    try {
      this.#requests.dispatch({ type: 'limit-release', ticket: grant.ticket, permits });
      return undefined;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async poison(grant: Grant, reason: string): Promise<void> {
    this.#requests.dispatch({ type: 'limit-poison', ticket: grant.ticket, reason });
  }

  async openBarrier(barrier: string, parties: readonly string[]): Promise<void> {
    this.#requests.dispatch({ type: 'barrier-open', barrier, parties });
  }

  arrive(barrier: string, party: string, options: WaitOptions, signal: StopSignal): Promise<void> {
    const { holder } = options;
    const ticket = this.#requests.nextTicket();
    return this.#requests.request(
      { type: 'barrier-arrive', ticket, barrier, party, holder },
      options,
      signal,
      nothing,
    );
  }

  async leaveBarrier(barrier: string, party: string): Promise<void> {
    this.#requests.dispatch({ type: 'barrier-leave', barrier, party });
  }

  async openQueue(
    queue: string,
    options: {
      readonly capacity: number;
      readonly retries: number;
      readonly deadLetter?: string | undefined;
    },
  ): Promise<void> {
    this.#requests.dispatch({ type: 'queue-open', queue, ...options });
  }

  put(queue: string, value: Value, options: WaitOptions, signal: StopSignal): Promise<void> {
    const { holder } = options;
    const ticket = this.#requests.nextTicket();
    return this.#requests.request(
      { type: 'queue-put', ticket, queue, value, holder },
      options,
      signal,
      nothing,
    );
  }

  get(queue: string, options: WaitOptions, signal: StopSignal): Promise<Delivery | undefined> {
    const { holder } = options;
    const ticket = this.#requests.nextTicket();
    return this.#requests.request({ type: 'queue-get', ticket, queue, holder }, options, signal, (woken) =>
      woken.answer === 'item' ? { ...woken.item, ticket } : undefined,
    );
  }

  async ack(delivery: Delivery): Promise<void> {
    this.#requests.dispatch({ type: 'queue-ack', ticket: delivery.ticket });
  }

  async nack(delivery: Delivery, retries?: number): Promise<void> {
    this.#requests.dispatch({ type: 'queue-nack', ticket: delivery.ticket, retries });
  }

  joinQueue(queue: string, options: WaitOptions, signal: StopSignal): Promise<void> {
    const { holder } = options;
    const ticket = this.#requests.nextTicket();
    return this.#requests.request({ type: 'queue-join', ticket, queue, holder }, options, signal, nothing);
  }

  async closeQueue(queue: string): Promise<void> {
    this.#requests.dispatch({ type: 'queue-close', queue });
  }

  async abandonQueue(queue: string, reason: string): Promise<void> {
    this.#requests.dispatch({ type: 'queue-abandon', queue, reason });
  }

  queueItems(queue: string): readonly Value[] {
    return (this.#requests.state.queues.get(queue)?.items ?? []).map((item) => item.value);
  }

  changeState(
    changes: readonly CellChange[],
    compare: readonly { readonly name: string; readonly value: Value }[] = [],
  ): Promise<boolean> {
    const ticket = this.#requests.nextTicket();
    const operation = { type: 'cells-change', ticket, compare, changes } as const;
    return this.#requests.request(operation, undefined, undefined, isApplied);
  }

  readState(name: string): Value | undefined {
    return this.#requests.state.cells.get(name);
  }

  holdersOf(limit: string, most: number): readonly Holder[] {
    const holders: Holder[] = [];
    for (const { holder } of this.#requests.state.limits.get(limit)?.held.values() ?? []) {
      if (holders.length >= most) break;
      holders.push(holder);
    }
    return holders;
  }

  missingAt(barrier: string, most: number): readonly string[] {
    const missing: string[] = [];
    const { parties = new Set<string>(), arrived } = this.#requests.state.barriers.get(barrier) ?? {};
    for (const party of parties) {
      if (missing.length >= most) break;
      if (arrived?.has(party) !== true) missing.push(party);
    }
    return missing;
  }

  eventWaiters(event: string): number {
    const waiters = this.#requests.state.events.get(event)?.waiters;
    return waiters === undefined ? 0 : inLine(waiters).length;
  }

  graph(): WaitGraph {
    return waitGraphOf(this.#requests.state);
  }
}

const isApplied = (woken: Answered): boolean => woken.answer === 'applied' && woken.applied;
const nothing = (): void => undefined;
const grantOf = ({ ticket }: Answered, limit: string): Grant => ({ ticket, limit });
