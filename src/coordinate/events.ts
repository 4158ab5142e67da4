import { emptyLine, inLine, joinLine, leaveLine, type Ticket } from './line.ts';
import { granted, type Holder, refused, type Woken } from './operation.ts';
import type { CoordinationState, EventState } from './state.ts';

/** Waits for an event. Answered at once where it is set; a lost event refuses. */
export function waitEvent(state: CoordinationState, name: string, ticket: Ticket, holder: Holder): Woken[] {
  const event = eventOf(state, name);
  if (event.isSet) return [granted(ticket)];
  if (event.lost !== undefined) return [refused(ticket, 'lost', event.lost)];
  joinLine(event.waiters, ticket, holder);
  state.waiting.set(ticket, { kind: 'event', name });
  return [];
}

/** Sets an event: every waiter wakes, in the order they came, whatever happens to the event next. */
export function setEvent(state: CoordinationState, name: string): Woken[] {
  const event = eventOf(state, name);
  event.isSet = true;
  return emptyWaiters(state, event).map(granted);
}

/** Clears an event: later waiters wait. */
export function clearEvent(state: CoordinationState, name: string): Woken[] {
  eventOf(state, name).isSet = false;
  return [];
}

/** Marks an event that nothing can set any more: its waiters, and later ones while it is not set, are refused. */
export function loseEvent(state: CoordinationState, name: string, reason: string): Woken[] {
  const event = eventOf(state, name);
  event.lost = reason;
  return emptyWaiters(state, event).map((ticket) => refused(ticket, 'lost', reason));
}

/** Takes a waiter out. */
export function cancelEventWait(state: CoordinationState, name: string, ticket: Ticket): Woken[] {
  leaveLine(eventOf(state, name).waiters, ticket);
  return [];
}

function emptyWaiters(state: CoordinationState, event: EventState): Ticket[] {
  const tickets = inLine(event.waiters).map((entry) => entry.ticket);
  event.waiters = emptyLine();
  for (const ticket of tickets) state.waiting.delete(ticket);
  return tickets;
}

function eventOf(state: CoordinationState, name: string): EventState {
  const known = state.events.get(name);
  if (known !== undefined) return known;
  const created: EventState = { isSet: false, waiters: emptyLine() };
  state.events.set(name, created);
  return created;
}
