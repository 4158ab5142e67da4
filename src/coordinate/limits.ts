import { emptyLine, firstInLine, inLine, joinLine, leaveLine, type Ticket } from './line.ts';
import { granted, type Operation, refused, type Woken } from './operation.ts';
import type { CoordinationState, Hold, LimitState } from './state.ts';

/**
 * Asks for permits of a lock (capacity 1) or semaphore. First come, first served: a request never passes one that
 * came before it, also when its own permits are free. Refused at once when the permits can never be free.
 */
export function acquireLimit(
  state: CoordinationState,
  request: Extract<Operation, { type: 'limit-acquire' }>,
): Woken[] {
  const { ticket, permits, holder } = request;
  const limit = limitOf(state, request.limit, request.capacity);
  const never = refusalOf(limit, request.limit, permits, ticket);
  if (never !== undefined) return [never];
  if (limit.waiters.size === 0 && permits <= limit.free) {
    limit.free -= permits;
    limit.held.set(ticket, { holder, permits });
    state.holding.set(ticket, limit.use);
    return [granted(ticket)];
  }
  joinLine(limit.waiters, ticket, { holder, permits });
  state.waiting.set(ticket, limit.use);
  return handOver(state, limit);
}

/**
 * Gives permits back: all that the ticket holds, or some of them. They go to the first waiters in line at once.
 *
 * @throws RangeError when more are given back than are held: the semaphore is bounded.
 */
export function releaseLimit(state: CoordinationState, ticket: Ticket, permits: number | undefined): Woken[] {
  const use = state.holding.get(ticket);
  const limit = use === undefined ? undefined : state.limits.get(use.name);
  const hold = limit?.held.get(ticket);
  if (use === undefined || limit === undefined || hold === undefined)
    throw new RangeError('permits were released that are not held');
  const given = permits ?? hold.permits;
  if (given > hold.permits)
    throw new RangeError(`${given} permits of ${use.name} were released, ${hold.permits} are held`);
  if (hold.lost !== undefined) return [];
  hold.permits -= given;
  limit.free += given;
  if (hold.permits === 0) {
    limit.held.delete(ticket);
    state.holding.delete(ticket);
  }
  return handOver(state, limit);
}

/** Marks a holder as lost: its permits stay taken for ever, and who could only wait for them is refused. */
export function poisonLimit(state: CoordinationState, ticket: Ticket, reason: string): Woken[] {
  const use = state.holding.get(ticket);
  const limit = use === undefined ? undefined : state.limits.get(use.name);
  const hold = limit?.held.get(ticket);
  if (use === undefined || limit === undefined || hold === undefined) return [];
  if (hold.lost === undefined) limit.lost += hold.permits;
  hold.lost = reason;
  const woken: Woken[] = [];
  for (const entry of inLine(limit.waiters)) {
    const never = refusalOf(limit, use.name, entry.value.permits, entry.ticket);
    if (never === undefined) continue;
    leaveLine(limit.waiters, entry.ticket);
    state.waiting.delete(entry.ticket);
    woken.push(never);
  }
  return [...woken, ...handOver(state, limit)];
}

/** Takes a waiter out; those behind it may go on. */
export function cancelLimitWait(state: CoordinationState, name: string, ticket: Ticket): Woken[] {
  const limit = state.limits.get(name);
  if (limit === undefined) return [];
  leaveLine(limit.waiters, ticket);
  return handOver(state, limit);
}

function handOver(state: CoordinationState, limit: LimitState): Woken[] {
  const woken: Woken[] = [];
  for (let first = firstInLine(limit.waiters); first !== undefined; first = firstInLine(limit.waiters)) {
    // A hold is changed in states made later only, which have one of their own.
    const hold: Hold = first.value;
    if (hold.permits > limit.free) break;
    leaveLine(limit.waiters, first.ticket);
    state.waiting.delete(first.ticket);
    limit.free -= hold.permits;
    limit.held.set(first.ticket, hold);
    state.holding.set(first.ticket, limit.use);
    woken.push(granted(first.ticket));
  }
  return woken;
}

function refusalOf(limit: LimitState, name: string, permits: number, ticket: Ticket): Woken | undefined {
  if (!Number.isInteger(permits) || permits < 1 || permits > limit.capacity) {
    const reason = `${permits} permits of ${name} were asked for, it has ${limit.capacity}`;
    return refused(ticket, 'too-many', reason);
  }
  if (permits <= limit.capacity - limit.lost) return undefined;
  const lost = [...limit.held.values()].filter((hold) => hold.lost !== undefined);
  const who = lost.map((hold) => `${hold.holder.label} (${hold.lost})`).join(', ');
  return refused(ticket, 'poisoned', `${name} can't be given back by ${who} (RB404)`);
}

function limitOf(state: CoordinationState, name: string, capacity: number): LimitState {
  const known = state.limits.get(name);
  if (known !== undefined) return known;
  const created: LimitState = {
    capacity,
    free: capacity,
    lost: 0,
    held: new Map(),
    waiters: emptyLine(),
    use: { kind: 'limit', name },
  };
  state.limits.set(name, created);
  return created;
}
