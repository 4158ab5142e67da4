import type { StopListener, StopSignal } from '../lib/stop.ts';
import type { Ticket } from './line.ts';
import type { Woken } from './operation.ts';

/** An answer that is no refusal. */
export type Answered = Exclude<Woken, { answer: 'refused' }>;

/** A request that has not been answered. Once it stands in line, a deadline and a signal may end it early. */
export class Pending implements StopListener {
  readonly ticket: Ticket;
  readonly resolve: (woken: Answered) => void;
  readonly reject: (error: Error) => void;
  deadlineMs: number | undefined = undefined;
  signal: StopSignal | undefined = undefined;
  readonly #onStop: (ticket: Ticket, signal: StopSignal | undefined) => void;

  constructor(
    ticket: Ticket,
    resolve: (woken: Answered) => void,
    reject: (error: Error) => void,
    onStop: (ticket: Ticket, signal: StopSignal | undefined) => void,
  ) {
    this.ticket = ticket;
    this.resolve = resolve;
    this.reject = reject;
    this.#onStop = onStop;
  }

  handleEvent(): void {
    this.#onStop(this.ticket, this.signal);
  }
}
