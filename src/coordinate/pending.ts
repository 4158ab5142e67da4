import type { StopListener, StopSignal } from '../lib/stop.ts';
import type { Ticket } from './line.ts';
import type { Woken } from './operation.ts';

/** An answer that is no refusal. */
export type Answered = Exclude<Woken, { answer: 'refused' }>;

/** Who is told of an answer. */
export interface Asker<T> {
  granted(value: T): void;
  refused(error: Error): void;
}

/** Makes the value that an asker gets of an answer and the name that was asked for. */
export type ReadAnswer<T> = (woken: Answered, name: string) => T;

/** A request that has not been answered. Once it stands in line, a deadline and a signal may end it early. */
export class Pending<T> implements StopListener {
  readonly ticket: Ticket;
  deadlineMs: number | undefined = undefined;
  signal: StopSignal | undefined = undefined;
  readonly #name: string;
  readonly #asker: Asker<T>;
  readonly #read: ReadAnswer<T>;
  readonly #onStop: (ticket: Ticket, signal: StopSignal | undefined) => void;

  constructor(
    ticket: Ticket,
    name: string,
    asker: Asker<T>,
    read: ReadAnswer<T>,
    onStop: (ticket: Ticket, signal: StopSignal | undefined) => void,
  ) {
    this.ticket = ticket;
    this.#name = name;
    this.#asker = asker;
    this.#read = read;
    this.#onStop = onStop;
  }

  resolve(woken: Answered): void {
    this.#asker.granted(this.#read(woken, this.#name));
  }

  reject(error: Error): void {
    this.#asker.refused(error);
  }

  handleEvent(): void {
    this.#onStop(this.ticket, this.signal);
  }
}
