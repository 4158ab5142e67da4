/** A number that orders waiters: a lower one came first. */
export type Ticket = number;

/**
 * A first-in-first-out line of tickets with what waits under each. Entries that leave from the middle become holes,
 * so that leaving costs O(log n) and taking the first O(1) on average.
 */
export interface Line<T> {
  entries: ({ readonly ticket: Ticket; readonly value: T } | undefined)[];
  /** Index of the first entry that may be filled. */
  head: number;
  /** Filled entries. */
  size: number;
  /** Tickets of all entries, holes included, in rising order. */
  tickets: Ticket[];
}

/** An empty line. */
export function emptyLine<T>(): Line<T> {
  return { entries: [], head: 0, size: 0, tickets: [] };
}

/** Adds at the end. The ticket must be higher than every one before it. */
export function joinLine<T>(line: Line<T>, ticket: Ticket, value: T): void {
  line.entries.push({ ticket, value });
  line.tickets.push(ticket);
  line.size += 1;
}

/** The first entry, or undefined when the line is empty. */
export function firstInLine<T>(line: Line<T>): { readonly ticket: Ticket; readonly value: T } | undefined {
  while (line.head < line.entries.length) {
    const entry = line.entries[line.head];
    if (entry !== undefined) return entry;
    line.head += 1;
  }
  return undefined;
}

/** Takes an entry out, wherever it stands. Returns undefined when the ticket is not in the line. */
export function leaveLine<T>(line: Line<T>, ticket: Ticket): T | undefined {
  const index = indexOfTicket(line.tickets, ticket);
  const entry = line.entries[index];
  if (entry === undefined || entry.ticket !== ticket) return undefined;
  line.entries[index] = undefined;
  line.size -= 1;
  compact(line);
  return entry.value;
}

/** Every entry, first come first. */
export function inLine<T>(line: Line<T>): readonly { readonly ticket: Ticket; readonly value: T }[] {
  return line.entries.slice(line.head).filter((entry) => entry !== undefined);
}

/** An equal line that shares no mutable part with this one. */
export function copyLine<T>(line: Line<T>): Line<T> {
  return { ...line, entries: [...line.entries], tickets: [...line.tickets] };
}

function indexOfTicket(tickets: readonly Ticket[], ticket: Ticket): number {
  let low = 0;
  let high = tickets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tickets[middle] ?? 0) < ticket) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compact<T>(line: Line<T>): void {
  if (line.size === 0) {
    line.entries = [];
    line.tickets = [];
    line.head = 0;
    return;
  }
  if (line.entries.length < 64 || line.size * 2 > line.entries.length) return;
  line.entries = line.entries.filter((entry) => entry !== undefined);
  line.tickets = line.entries.map((entry) => entry?.ticket ?? 0);
  line.head = 0;
}
