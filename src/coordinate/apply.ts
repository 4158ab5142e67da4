import { assertNever } from '../lib/assert-never.ts';
import { arriveAtBarrier, cancelArrival, leaveBarrier, openBarrier } from './barriers.ts';
import { changeCells } from './cells.ts';
import { cancelEventWait, clearEvent, loseEvent, setEvent, waitEvent } from './events.ts';
import { acquireLimit, cancelLimitWait, poisonLimit, releaseLimit } from './limits.ts';
import type { Ticket } from './line.ts';
import type { Operation, Woken } from './operation.ts';
import {
  abandonQueue,
  ackItem,
  cancelQueueWait,
  closeQueue,
  getItem,
  joinQueue,
  nackItem,
  openQueue,
  putItem,
} from './queues.ts';
import { type CoordinationState, copyState, emptyState } from './state.ts';

/**
 * The pure reducer: the state after an operation, and the requests that it answered in the order they were answered.
 * The given state is left as it is. Costs a copy of the state; drivers use `applyInPlace`, which means the same.
 *
 * @throws RangeError when permits are released that are not held; nothing has changed then.
 */
export function apply(
  state: CoordinationState,
  operation: Operation,
): { readonly state: CoordinationState; readonly woken: readonly Woken[] } {
  const next = copyState(state);
  const woken = applyInPlace(next, operation);
  return { state: next, woken };
}

/** The state that a list of operations leads to. */
export function replay(operations: Iterable<Operation>): CoordinationState {
  const state = emptyState();
  for (const operation of operations) applyInPlace(state, operation);
  return state;
}

/** As `apply`, but changes the given state. Depends on nothing else: the same records give the same state. */
export function applyInPlace(state: CoordinationState, operation: Operation): Woken[] {
  switch (operation.type) {
    case 'event-wait':
      return waitEvent(state, operation.event, operation.ticket, operation.holder);
    case 'event-set':
      return setEvent(state, operation.event);
    case 'event-clear':
      return clearEvent(state, operation.event);
    case 'event-lose':
      return loseEvent(state, operation.event, operation.reason);
    case 'limit-acquire':
      return acquireLimit(state, operation);
    case 'limit-release':
      return releaseLimit(state, operation.ticket, operation.permits);
    case 'limit-poison':
      return poisonLimit(state, operation.ticket, operation.reason);
    case 'barrier-open':
      return openBarrier(state, operation.barrier, operation.parties);
    case 'barrier-arrive':
      return arriveAtBarrier(state, operation);
    case 'barrier-leave':
      return leaveBarrier(state, operation.barrier, operation.party);
    case 'queue-open':
      return openQueue(state, operation);
    case 'queue-put':
      return putItem(state, operation.queue, operation.ticket, operation.value, operation.holder);
    case 'queue-get':
      return getItem(state, operation.queue, operation.ticket, operation.holder);
    case 'queue-ack':
      return ackItem(state, operation.ticket);
    case 'queue-nack':
      return nackItem(state, operation.ticket, operation.retries);
    case 'queue-join':
      return joinQueue(state, operation.queue, operation.ticket, operation.holder);
    case 'queue-close':
      return closeQueue(state, operation.queue);
    case 'queue-abandon':
      return abandonQueue(state, operation.queue, operation.reason);
    case 'cells-change':
      return changeCells(state, operation);
    case 'cancel':
      return cancel(state, operation.ticket);
    default:
      return assertNever(operation);
  }
}

function cancel(state: CoordinationState, ticket: Ticket): Woken[] {
  const use = state.waiting.get(ticket);
  if (use === undefined) return giveUp(state, ticket);
  state.waiting.delete(ticket);
  switch (use.kind) {
    case 'event':
      return cancelEventWait(state, use.name, ticket);
    case 'limit':
      return cancelLimitWait(state, use.name, ticket);
    case 'barrier':
      return cancelArrival(state, use.name, use.party, ticket);
    case 'put':
    case 'get':
    case 'join':
      return cancelQueueWait(state, use.name, ticket);
    default:
      return assertNever(use);
  }
}

// The answer and the cancellation crossed on their way: what was granted goes back.
function giveUp(state: CoordinationState, ticket: Ticket): Woken[] {
  const use = state.holding.get(ticket);
  if (use === undefined) return [];
  return use.kind === 'limit' ? releaseLimit(state, ticket, undefined) : nackItem(state, ticket);
}
