import { assertNever } from '../lib/assert-never.ts';
import type { Clock } from '../lib/clock.ts';
import type { StopSignal } from '../lib/stop.ts';
import { applyInPlace } from './apply.ts';
import { CoordinationError, type WaitOptions } from './coordinator.ts';
import { Deadlines } from './deadlines.ts';
import type { Ticket } from './line.ts';
import type { Operation, Woken } from './operation.ts';
import { Pending, type ReadAnswer } from './pending.ts';
import { type CoordinationState, emptyState } from './state.ts';

/** The state with the requests that wait for an answer, their deadlines and signals. */
export class Requests {
  readonly state: CoordinationState = emptyState();
  readonly #pending = new Map<Ticket, Pending<unknown>>();
  readonly #deadlines: Deadlines;
  readonly #record: ((operation: Operation) => void) | undefined;
  /** To be given to each `Pending`. */
  readonly onStop = (ticket: Ticket, signal: StopSignal | undefined): void =>
    this.#cancel(ticket, cancelledBy(signal));
  #lastTicket = 0;

  /** @param record Called with each operation before its answers go out. */
  constructor(clock: Clock, record: ((operation: Operation) => void) | undefined) {
    this.#deadlines = new Deadlines(clock, (ticket) =>
      this.#cancel(ticket, new CoordinationError('timeout', 'the wait took too long')),
    );
    this.#record = record;
  }

  /** A ticket higher than all before it. */
  nextTicket(): Ticket {
    this.#lastTicket += 1;
    return this.#lastTicket;
  }

  /** As `ask`, with a promise. */
  request<T>(
    operation: Operation & { readonly ticket: Ticket },
    options: WaitOptions | undefined,
    signal: StopSignal | undefined,
    read: ReadAnswer<T>,
  ): Promise<T> {
    return new Promise((granted, refused) => {
      const pending = new Pending(operation.ticket, '', { granted, refused }, read, this.onStop);
      this.ask(operation, pending, options, signal);
    });
  }

  /** Applies an operation whose asker may have to wait. What is granted at once sets no timer and listens to no signal. */
  ask<T>(
    operation: Operation,
    pending: Pending<T>,
    options: WaitOptions | undefined,
    signal: StopSignal | undefined,
  ): void {
    if (signal?.aborted === true) {
      pending.reject(cancelledBy(signal));
      return;
    }
    const { ticket } = pending;
    this.#pending.set(ticket, pending);
    this.dispatch(operation);
    if (!this.#pending.has(ticket)) return;
    const deadlineMs = options?.deadlineMs;
    if (deadlineMs !== undefined) this.#deadlines.add(ticket, deadlineMs);
    pending.deadlineMs = deadlineMs;
    pending.signal = signal;
    signal?.addEventListener('abort', pending);
    options?.onQueued?.();
  }

  #take(ticket: Ticket): Pending<unknown> | undefined {
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
    this.dispatch({ type: 'cancel', ticket });
  }

  /** Applies an operation, records it, and answers whom it woke. */
  dispatch(operation: Operation): void {
    const woken = applyInPlace(this.state, operation);
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

function cancelledBy(signal: StopSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  if (reason instanceof CoordinationError) return reason;
  return new CoordinationError('cancelled', 'the wait was cancelled');
}
