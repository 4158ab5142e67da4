import type { Ticket } from './line.ts';
import { granted, type Operation, type Woken } from './operation.ts';
import type { BarrierState, CoordinationState } from './state.ts';

/** Names who meets at a barrier. A second call for the same barrier changes nothing. */
export function openBarrier(state: CoordinationState, name: string, parties: readonly string[]): Woken[] {
  if (!state.barriers.has(name))
    state.barriers.set(name, { parties: new Set(parties), arrived: new Map(), generation: 0 });
  return [];
}

/** Arrives at a barrier: all go on together when the last has come. Who is no party of it goes on at once. */
export function arriveAtBarrier(
  state: CoordinationState,
  request: Extract<Operation, { type: 'barrier-arrive' }>,
): Woken[] {
  const barrier = state.barriers.get(request.barrier);
  if (barrier === undefined || !barrier.parties.has(request.party)) return [granted(request.ticket)];
  barrier.arrived.set(request.party, { ticket: request.ticket, holder: request.holder });
  state.waiting.set(request.ticket, { kind: 'barrier', name: request.barrier, party: request.party });
  return meet(state, barrier);
}

/**
 * Leaves a barrier for good: nobody waits for that party any more. Where it had arrived, it goes on. A barrier that all have
 * left is forgotten.
 */
export function leaveBarrier(state: CoordinationState, name: string, party: string): Woken[] {
  const barrier = state.barriers.get(name);
  if (barrier?.parties.delete(party) !== true) return [];
  const own = barrier.arrived.get(party);
  barrier.arrived.delete(party);
  const woken: Woken[] = [];
  if (own !== undefined) {
    state.waiting.delete(own.ticket);
    woken.push(granted(own.ticket));
  }
  if (barrier.parties.size === 0) state.barriers.delete(name);
  return [...woken, ...meet(state, barrier)];
}

/** Takes an arrival back; the party stays awaited until it arrives again or leaves. */
export function cancelArrival(
  state: CoordinationState,
  name: string,
  party: string,
  ticket: Ticket,
): Woken[] {
  const barrier = state.barriers.get(name);
  if (barrier?.arrived.get(party)?.ticket === ticket) barrier.arrived.delete(party);
  return [];
}

function meet(state: CoordinationState, barrier: BarrierState): Woken[] {
  if (barrier.arrived.size === 0 || barrier.arrived.size < barrier.parties.size) return [];
  const tickets = [...barrier.arrived.values()].map((arrival) => arrival.ticket);
  barrier.arrived.clear();
  barrier.generation += 1;
  for (const ticket of tickets) state.waiting.delete(ticket);
  return tickets.map(granted);
}
