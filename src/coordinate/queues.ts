import type { Value } from '../model/value.ts';
import { emptyLine, firstInLine, inLine, joinLine, type Line, leaveLine, type Ticket } from './line.ts';
import { granted, type Holder, type Operation, refused, type Woken } from './operation.ts';
import type { CoordinationState, QueueState } from './state.ts';

/** Opens a queue. A second call for the same queue changes nothing. */
export function openQueue(
  state: CoordinationState,
  request: Extract<Operation, { type: 'queue-open' }>,
): Woken[] {
  if (state.queues.has(request.queue)) return [];
  state.queues.set(request.queue, {
    capacity: request.capacity,
    retries: request.retries,
    deadLetter: request.deadLetter,
    items: [],
    out: new Map(),
    undone: new Set(),
    lastSeq: 0,
    putters: emptyLine(),
    getters: emptyLine(),
    joiners: emptyLine(),
    closed: false,
  });
  return [];
}

/** Puts an item in; waits while the queue is full. Items enter in the order they were asked to. */
export function putItem(
  state: CoordinationState,
  name: string,
  ticket: Ticket,
  value: Value,
  holder: Holder,
): Woken[] {
  const queue = state.queues.get(name);
  if (queue === undefined) return [refused(ticket, 'unknown-name', `queue ${name} is not open`)];
  if (queue.abandoned !== undefined) return [refused(ticket, 'no-consumer', queue.abandoned)];
  if (queue.closed) return [refused(ticket, 'closed', `queue ${name} is closed`)];
  joinLine(queue.putters, ticket, { holder, value });
  state.waiting.set(ticket, { kind: 'put', name });
  return flow(state, name, queue);
}

/** Takes the first item out; waits while there is none. On a closed queue that stays empty the answer is its end. */
export function getItem(state: CoordinationState, name: string, ticket: Ticket, holder: Holder): Woken[] {
  const queue = state.queues.get(name);
  if (queue === undefined) return [refused(ticket, 'unknown-name', `queue ${name} is not open`)];
  joinLine(queue.getters, ticket, holder);
  state.waiting.set(ticket, { kind: 'get', name });
  return flow(state, name, queue);
}

/** Marks an item as done. The ticket is that of the get. */
export function ackItem(state: CoordinationState, ticket: Ticket): Woken[] {
  const taken = takeBack(state, ticket);
  if (taken === undefined) return [];
  taken.queue.undone.delete(taken.item.seq);
  return flow(state, taken.name, taken.queue);
}

/**
 * Returns an item that could not be done: to the front of the queue while it has tries left, else to the dead-letter
 * queue (whose capacity does not count here), else it is dropped as done.
 */
export function nackItem(state: CoordinationState, ticket: Ticket, retries?: number): Woken[] {
  const taken = takeBack(state, ticket);
  if (taken === undefined) return [];
  const { queue, name, item } = taken;
  if (item.tries < (retries ?? queue.retries)) {
    queue.items.unshift({ ...item, tries: item.tries + 1 });
    return flow(state, name, queue);
  }
  queue.undone.delete(item.seq);
  const dead = queue.deadLetter === undefined ? undefined : state.queues.get(queue.deadLetter);
  if (dead === undefined || queue.deadLetter === undefined) return flow(state, name, queue);
  addItem(dead, item.value);
  return [...flow(state, queue.deadLetter, dead), ...flow(state, name, queue)];
}

/** Waits until every item put so far is done. */
export function joinQueue(state: CoordinationState, name: string, ticket: Ticket, holder: Holder): Woken[] {
  const queue = state.queues.get(name);
  if (queue === undefined) return [refused(ticket, 'unknown-name', `queue ${name} is not open`)];
  if (queue.undone.size > 0 && queue.abandoned !== undefined)
    return [refused(ticket, 'no-consumer', queue.abandoned)];
  joinLine(queue.joiners, ticket, { holder, upTo: queue.lastSeq });
  state.waiting.set(ticket, { kind: 'join', name });
  return flow(state, name, queue);
}

/** Closes a queue: no further put; those that already wait still enter. Consumers end when it is empty. */
export function closeQueue(state: CoordinationState, name: string): Woken[] {
  const queue = state.queues.get(name);
  if (queue === undefined) return [];
  queue.closed = true;
  return flow(state, name, queue);
}

/** Tells that the last consumer is gone: putters and joiners are refused. */
export function abandonQueue(state: CoordinationState, name: string, reason: string): Woken[] {
  const queue = state.queues.get(name);
  if (queue === undefined) return [];
  queue.abandoned = reason;
  return [...refuseAll(state, queue.putters, reason), ...refuseAll(state, queue.joiners, reason)];
}

/** Takes a waiter out of a queue's lines. */
export function cancelQueueWait(state: CoordinationState, name: string, ticket: Ticket): Woken[] {
  const queue = state.queues.get(name);
  if (queue === undefined) return [];
  leaveLine(queue.putters, ticket);
  leaveLine(queue.getters, ticket);
  leaveLine(queue.joiners, ticket);
  return flow(state, name, queue);
}

function flow(state: CoordinationState, name: string, queue: QueueState): Woken[] {
  const woken: Woken[] = [];
  for (;;) {
    const item = queue.items[0];
    const getter = item === undefined ? undefined : pop(state, queue.getters);
    if (item !== undefined && getter !== undefined) {
      queue.items.shift();
      queue.out.set(getter.ticket, item);
      state.holding.set(getter.ticket, { kind: 'get', name });
      woken.push({ ticket: getter.ticket, answer: 'item', item: { value: item.value, tries: item.tries } });
      continue;
    }
    const putter = queue.items.length < queue.capacity ? pop(state, queue.putters) : undefined;
    if (putter === undefined) break;
    addItem(queue, putter.value.value);
    woken.push(granted(putter.ticket));
  }
  if (queue.closed && queue.items.length === 0 && queue.out.size === 0)
    for (let getter = pop(state, queue.getters); getter !== undefined; getter = pop(state, queue.getters))
      woken.push({ ticket: getter.ticket, answer: 'end' });
  return [...woken, ...finishJoins(state, queue)];
}

function finishJoins(state: CoordinationState, queue: QueueState): Woken[] {
  const woken: Woken[] = [];
  const [lowest] = queue.undone;
  for (;;) {
    const first = firstInLine(queue.joiners);
    if (first === undefined || (lowest !== undefined && lowest <= first.value.upTo)) return woken;
    pop(state, queue.joiners);
    woken.push(granted(first.ticket));
  }
}

function addItem(queue: QueueState, value: Value): void {
  queue.lastSeq += 1;
  queue.undone.add(queue.lastSeq);
  queue.items.push({ value, tries: 0, seq: queue.lastSeq });
}

function takeBack(state: CoordinationState, ticket: Ticket) {
  const use = state.holding.get(ticket);
  const queue = use === undefined ? undefined : state.queues.get(use.name);
  const item = queue?.out.get(ticket);
  if (use === undefined || queue === undefined || item === undefined) return undefined;
  queue.out.delete(ticket);
  state.holding.delete(ticket);
  return { name: use.name, queue, item };
}

function pop<T>(
  state: CoordinationState,
  line: Line<T>,
): { readonly ticket: Ticket; readonly value: T } | undefined {
  const first = firstInLine(line);
  if (first === undefined) return undefined;
  leaveLine(line, first.ticket);
  state.waiting.delete(first.ticket);
  return first;
}

function refuseAll<T>(state: CoordinationState, line: Line<T>, reason: string): Woken[] {
  const tickets = inLine(line).map((entry) => entry.ticket);
  for (const ticket of tickets) {
    leaveLine(line, ticket);
    state.waiting.delete(ticket);
  }
  return tickets.map((ticket) => refused(ticket, 'no-consumer', reason));
}
