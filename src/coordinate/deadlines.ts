import type { Clock } from '../lib/clock.ts';
import type { Ticket } from './line.ts';

/** Waits of one length: they end in the order they began. */
interface Group {
  readonly lengthMs: number;
  /** By ticket: when its time is over. In the order of both. */
  readonly endsMs: Map<Ticket, number>;
}

/**
 * The deadlines of many waits under one timer. Adding one and taking it back cost O(1) in their number, and O(lengths)
 * where the timer has to be set anew. No timer is set while there is no deadline.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #expire: (ticket: Ticket) => void;
  readonly #groups = new Map<number, Group>();
  #timer: { readonly atMs: number; readonly stop: () => void } | undefined;

  /** @param expire Called for each deadline that passes, the earliest first. */
  constructor(clock: Clock, expire: (ticket: Ticket) => void) {
    this.#clock = clock;
    this.#expire = expire;
  }

  /** Adds a deadline. Tickets rise from call to call. */
  add(ticket: Ticket, lengthMs: number): void {
    let group = this.#groups.get(lengthMs);
    if (group === undefined) {
      group = { lengthMs, endsMs: new Map() };
      this.#groups.set(lengthMs, group);
    }
    const atMs = this.#clock.nowMs() + lengthMs;
    group.endsMs.set(ticket, atMs);
    if (this.#timer === undefined || atMs < this.#timer.atMs) this.#setTimer(atMs);
  }

  /** Takes a deadline back, and tells whether there was one: not where it has passed or was taken back before. */
  delete(ticket: Ticket, lengthMs: number): boolean {
    const group = this.#groups.get(lengthMs);
    if (group?.endsMs.delete(ticket) !== true) return false;
    if (group.endsMs.size === 0) this.#groups.delete(lengthMs);
    if (this.#groups.size > 0) return true;
    this.#timer?.stop();
    this.#timer = undefined;
    return true;
  }

  // A timer that is set for a deadline taken back since is left to run: it finds nothing and is set anew.
  #setTimer(atMs: number): void {
    this.#timer?.stop();
    const stop = this.#clock.after(atMs - this.#clock.nowMs(), () => this.#passed());
    this.#timer = { atMs, stop };
  }

  #passed(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.nowMs();
    const over = [...this.#groups.values()].flatMap(({ lengthMs, endsMs }) => {
      const tickets: { ticket: Ticket; lengthMs: number; atMs: number }[] = [];
      for (const [ticket, atMs] of endsMs) {
        if (atMs > nowMs) break;
        tickets.push({ ticket, lengthMs, atMs });
      }
      return tickets;
    });
    over.sort((a, b) => a.atMs - b.atMs || a.ticket - b.ticket);
    for (const { ticket, lengthMs } of over) if (this.delete(ticket, lengthMs)) this.#expire(ticket);
    this.#setNext();
  }

  #setNext(): void {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { endsMs } of this.#groups.values())
      for (const atMs of endsMs.values()) {
        nextMs = Math.min(nextMs, atMs);
        break;
      }
    const isSoonEnough = this.#timer !== undefined && this.#timer.atMs <= nextMs;
    if (nextMs !== Number.POSITIVE_INFINITY && !isSoonEnough) this.#setTimer(nextMs);
  }
}
