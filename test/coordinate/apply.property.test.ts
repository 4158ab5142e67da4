import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply, applyInPlace, replay } from '../../src/coordinate/apply.ts';
import { inLine } from '../../src/coordinate/line.ts';
import type { Operation, Woken } from '../../src/coordinate/operation.ts';
import { type CoordinationState, emptyState } from '../../src/coordinate/state.ts';
import { seeded, seedsDeadlineMs } from '../support/seeds.ts';

/** A choice of the schedule: what is done next, and with which of the things at hand. */
type Choice = readonly [action: number, pick: number];

const choices = fc.array(fc.tuple(fc.nat({ max: 13 }), fc.nat({ max: 1_000 })), {
  minLength: 10,
  maxLength: 60,
});

const capacities = [1, 3] as const;

/** Makes operations out of choices as many workers would make them, and keeps what was answered. */
class World {
  readonly state: CoordinationState = emptyState();
  readonly operations: Operation[] = [];
  readonly woken: Woken[] = [];
  readonly put: number[] = [];
  #ticket = 0;

  constructor() {
    this.do({ type: 'barrier-open', barrier: 'b', parties: ['p0', 'p1', 'p2'] });
    this.do({ type: 'queue-open', queue: 'q', capacity: 2, retries: 1, deadLetter: 'd' });
    this.do({ type: 'queue-open', queue: 'd', capacity: 1, retries: 0 });
  }

  do(operation: Operation): readonly Woken[] {
    this.operations.push(operation);
    const woken = applyInPlace(this.state, operation);
    this.woken.push(...woken);
    return woken;
  }

  choose([action, pick]: Choice): void {
    const operation = this.#operation(action, pick);
    if (operation !== undefined) this.do(operation);
  }

  #operation(action: number, pick: number): Operation | undefined {
    const { state } = this;
    const ticket = ++this.#ticket;
    const holder = { id: String(ticket), label: `w${ticket}` };
    const which = pick % 2;
    switch (action) {
      case 0:
      case 1: {
        const capacity = capacities[which] ?? 1;
        return {
          type: 'limit-acquire',
          ticket,
          limit: `l${which}`,
          capacity,
          permits: 1 + (pick % capacity),
          holder,
        };
      }
      case 2:
      case 3:
        return oneOf(holders(state, 'limit'), pick, (held) => ({ type: 'limit-release', ticket: held }));
      case 4:
        return { type: 'event-wait', ticket, event: `e${which}`, holder };
      case 5:
        return { type: 'event-set', event: `e${which}` };
      case 6:
        return { type: 'event-clear', event: `e${which}` };
      case 7:
        return oneOf([...state.waiting.keys()], pick, (waiting) => ({ type: 'cancel', ticket: waiting }));
      case 8:
        this.put.push(ticket);
        return { type: 'queue-put', ticket, queue: 'q', value: ticket, holder };
      case 9:
        return { type: 'queue-get', ticket, queue: 'q', holder };
      case 10:
        return oneOf(holders(state, 'get'), pick, (held) => ({ type: 'queue-ack', ticket: held }));
      case 11:
        return oneOf(holders(state, 'get'), pick, (held) => ({ type: 'queue-nack', ticket: held }));
      case 12: {
        const party = `p${pick % 3}`;
        if (state.barriers.get('b')?.arrived.has(party) === true) return undefined;
        return { type: 'barrier-arrive', ticket, barrier: 'b', party, holder };
      }
      default:
        return { type: 'queue-join', ticket, queue: 'q', holder };
    }
  }
}

function holders(state: CoordinationState, kind: string): number[] {
  return [...state.holding].filter(([, use]) => use.kind === kind).map(([ticket]) => ticket);
}

function oneOf<T, R>(list: readonly T[], pick: number, make: (one: T) => R): R | undefined {
  const one = list[pick % Math.max(1, list.length)];
  return one === undefined ? undefined : make(one);
}

function play(list: readonly Choice[], after?: (world: World) => void): World {
  const world = new World();
  for (const choice of list) {
    world.choose(choice);
    after?.(world);
  }
  return world;
}

function drain(world: World): void {
  for (let round = 0; round < 500; round++) {
    const { state } = world;
    const left = state.queues.get('q')?.items.length ?? 0;
    if (state.waiting.size + state.holding.size + left === 0) return;
    for (const ticket of holders(state, 'limit')) world.do({ type: 'limit-release', ticket });
    for (const ticket of holders(state, 'get')) world.do({ type: 'queue-ack', ticket });
    for (const event of ['e0', 'e1']) world.do({ type: 'event-set', event });
    for (const party of ['p0', 'p1', 'p2']) world.do({ type: 'barrier-leave', barrier: 'b', party });
    const putters = state.queues.get('q')?.putters.size ?? 0;
    if (putters === 0) world.do({ type: 'queue-close', queue: 'q' });
    const items = state.queues.get('q')?.items.length ?? 0;
    const holder = { id: 'drain', label: 'drain' };
    if (items + putters > 0) world.do({ type: 'queue-get', ticket: 1_000_000 + round, queue: 'q', holder });
  }
}

function expectLimitsSound(state: CoordinationState): void {
  for (const limit of state.limits.values()) {
    const held = [...limit.held.values()].reduce((sum, hold) => sum + hold.permits, 0);
    expect(held + limit.free).toBe(limit.capacity);
    expect(limit.free).toBeGreaterThanOrEqual(0);
    const [first] = inLine(limit.waiters);
    if (first !== undefined) expect(first.value.permits).toBeGreaterThan(limit.free);
  }
}

function expectNobodyForgotten(state: CoordinationState): void {
  for (const event of state.events.values()) if (event.isSet) expect(event.waiters.size).toBe(0);
  const queue = state.queues.get('q');
  if (queue !== undefined && queue.items.length > 0) expect(queue.getters.size).toBe(0);
  if (queue !== undefined && queue.items.length < queue.capacity) expect(queue.putters.size).toBe(0);
  const barrier = state.barriers.get('b');
  if (barrier !== undefined) expect(barrier.arrived.size).toBeLessThan(barrier.parties.size);
}

function expectSound({ state }: World): void {
  expectLimitsSound(state);
  expectNobodyForgotten(state);
}

describe('the reducer, over seeded interleavings', () => {
  it(
    'never exceeds a capacity and loses no wake-up',
    () => {
      fc.assert(
        fc.property(choices, (list) => void play(list, expectSound)),
        seeded(300),
      );
    },
    seedsDeadlineMs(300),
  );

  it(
    'grants each limit in the order it was asked for',
    () => {
      fc.assert(
        fc.property(choices, (list) => {
          const { operations, woken } = play(list);
          for (const name of ['l0', 'l1']) {
            const asked = operations.flatMap((one) =>
              one.type === 'limit-acquire' && one.limit === name ? [one.ticket] : [],
            );
            const given = woken.flatMap((one) => (asked.includes(one.ticket) ? [one.ticket] : []));
            expect(given).toEqual([...given].sort((a, b) => a - b));
          }
        }),
        seeded(200),
      );
    },
    seedsDeadlineMs(300),
  );

  it(
    'gives each item to one consumer at a time, in order, and loses none',
    () => {
      fc.assert(
        fc.property(choices, (list) => {
          const world = play(list);
          drain(world);
          const firstTries = world.woken.flatMap((one) =>
            one.answer === 'item' && one.item.tries === 0 ? [Number(one.item.value)] : [],
          );
          expect(new Set(firstTries).size).toBe(firstTries.length);
          expect(firstTries).toEqual([...firstTries].sort((a, b) => a - b));
          const accepted = world.put.filter((ticket) =>
            world.woken.some((one) => one.ticket === ticket && one.answer === 'granted'),
          );
          expect(firstTries).toEqual(accepted);
        }),
        seeded(200),
      );
    },
    seedsDeadlineMs(300),
  );

  it(
    'has released everything and woken everybody when all holders are done',
    () => {
      fc.assert(
        fc.property(choices, (list) => {
          const world = play(list);
          drain(world);
          expect([world.state.waiting.size, world.state.holding.size]).toEqual([0, 0]);
          for (const limit of world.state.limits.values()) expect(limit.free).toBe(limit.capacity);
        }),
        seeded(200),
      );
    },
    seedsDeadlineMs(300),
  );

  it(
    'makes the same state by replay at each prefix, and changes nothing it was given',
    () => {
      fc.assert(
        fc.property(choices, (list) => {
          const { operations } = play(list);
          let pure = emptyState();
          for (const [index, operation] of operations.entries()) {
            const before = replay(operations.slice(0, index));
            const next = apply(pure, operation);
            expect(pure).toEqual(before);
            pure = next.state;
          }
          expect(pure).toEqual(replay(operations));
        }),
        seeded(20),
      );
    },
    seedsDeadlineMs(300),
  );
});
