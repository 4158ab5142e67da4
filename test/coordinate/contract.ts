import { describe, expect, it } from 'vitest';
import type { Coordinator } from '../../src/coordinate/coordinator.ts';
import { settle, type VirtualClock, virtualClock } from '../support/virtual-clock.ts';
import { barrierContract, queueContract, stateContract } from './contract-flow.ts';
import { type Fresh, never, watched, who } from './contract-tools.ts';

/** What every driver of the coordinator must do. */
export function coordinatorContract(name: string, create: (clock: VirtualClock) => Coordinator): void {
  const fresh = () => {
    const clock = virtualClock();
    return { clock, coordinator: create(clock) };
  };
  describe(`${name}: events`, () => eventContract(fresh));
  describe(`${name}: locks and semaphores`, () => limitContract(fresh));
  describe(`${name}: barriers`, () => barrierContract(fresh));
  describe(`${name}: queues`, () => queueContract(fresh));
  describe(`${name}: state`, () => stateContract(fresh));
  describe(`${name}: waiting`, () => waitingContract(fresh));
}

function eventContract(fresh: Fresh): void {
  it('lets a wait through at once when the event is set', async () => {
    const { coordinator } = fresh();
    await coordinator.setEvent('e');
    await coordinator.waitEvent('e', who('a'), never());
    expect(coordinator.isEventSet('e')).toBe(true);
  });

  it('wakes who began to wait before a set, also when a clear follows at once', async () => {
    const { coordinator } = fresh();
    const first = watched(coordinator.waitEvent('e', who('a'), never()));
    await settle();
    await Promise.all([coordinator.setEvent('e'), coordinator.clearEvent('e')]);
    const late = watched(coordinator.waitEvent('e', who('b'), never()));
    await settle();
    expect([first.state, late.state, coordinator.isEventSet('e')]).toEqual(['done', 'waiting', false]);
  });

  it('refuses who waits for a lost event, now and later, and still lets it be set', async () => {
    const { coordinator } = fresh();
    const now = watched(coordinator.waitEvent('e', who('a'), never()));
    await coordinator.loseEvent('e', 'its setter failed');
    const later = watched(coordinator.waitEvent('e', who('b'), never()));
    await settle();
    expect(now).toMatchObject({ state: 'lost', message: 'its setter failed' });
    expect(later.state).toBe('lost');
    await coordinator.setEvent('e');
    await coordinator.waitEvent('e', who('c'), never());
  });
}

function limitContract(fresh: Fresh): void {
  const lock = { limit: 'lock "l"', capacity: 1, permits: 1 };
  const pool = { limit: 'semaphore "s"', capacity: 3, permits: 2 };

  it('hands a lock over in the order it was asked for, without barging', async () => {
    const { coordinator } = fresh();
    const order: string[] = [];
    const take = async (label: string) => {
      const grant = await coordinator.acquire(lock, who(label), never());
      order.push(label);
      return grant;
    };
    const first = await take('a');
    const second = take('b');
    const third = take('c');
    await coordinator.release(first);
    const barging = take('d');
    await coordinator.release(await second);
    await coordinator.release(await third);
    await coordinator.release(await barging);
    expect(order).toEqual(['a', 'b', 'c', 'd']);
  });

  it('never lets a small request pass a large one that came before', async () => {
    const { coordinator } = fresh();
    const held = await coordinator.acquire(pool, who('a'), never());
    const large = watched(coordinator.acquire(pool, who('b'), never()));
    const small = watched(coordinator.acquire({ ...pool, permits: 1 }, who('c'), never()));
    await settle();
    expect([large.state, small.state]).toEqual(['waiting', 'waiting']);
    await coordinator.release(held);
    await settle();
    expect([large.state, small.state]).toEqual(['done', 'done']);
  });

  it('lets those behind go on when who stood before them gives up', async () => {
    const { coordinator } = fresh();
    await coordinator.acquire(pool, who('a'), never());
    const giving = new AbortController();
    const large = watched(coordinator.acquire(pool, who('b'), giving.signal));
    const small = watched(coordinator.acquire({ ...pool, permits: 1 }, who('c'), never()));
    giving.abort();
    await settle();
    expect([large.state, small.state]).toEqual(['cancelled', 'done']);
  });

  it('refuses more permits than there are, and a release of more than is held', async () => {
    const { coordinator } = fresh();
    const asked = watched(coordinator.acquire({ ...pool, permits: 4 }, who('a'), never()));
    const grant = await coordinator.acquire(pool, who('b'), never());
    await expect(coordinator.release(grant, 3)).rejects.toThrow(RangeError);
    await coordinator.release(grant, 1);
    await coordinator.release(grant);
    await expect(coordinator.release(grant)).rejects.toThrow(RangeError);
    await settle();
    expect(asked.state).toBe('too-many');
  });

  it('keeps the permits of a lost holder and refuses who could only wait for them, with its name', async () => {
    const { coordinator } = fresh();
    const lost = await coordinator.acquire(pool, who('step "a" on h1'), never());
    const large = watched(coordinator.acquire(pool, who('b'), never()));
    const small = watched(coordinator.acquire({ ...pool, permits: 1 }, who('c'), never()));
    await coordinator.poison(lost, 'its outcome is unknown');
    await settle();
    expect(large.state).toBe('poisoned');
    expect(large.message).toContain('step "a" on h1 (its outcome is unknown)');
    expect(small.state).toBe('done');
    await coordinator.release(lost);
    const later = watched(coordinator.acquire(pool, who('d'), never()));
    await settle();
    expect(later.state).toBe('poisoned');
  });
}

function waitingContract(fresh: Fresh): void {
  it('ends a wait when its deadline passes, and leaves nothing behind', async () => {
    const { coordinator, clock } = fresh();
    const wait = watched(coordinator.waitEvent('e', who('a', { deadlineMs: 500 }), never()));
    await clock.advance(499);
    expect(wait.state).toBe('waiting');
    await clock.advance(1);
    expect(wait.state).toBe('timeout');
    expect(coordinator.graph().waiting).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('takes its timer back when the wait ends well', async () => {
    const { coordinator, clock } = fresh();
    const wait = watched(coordinator.waitEvent('e', who('a', { deadlineMs: 500 }), never()));
    await coordinator.setEvent('e');
    await clock.advance(1_000);
    expect([wait.state, clock.timers]).toEqual(['done', 0]);
  });

  it('refuses a request whose signal is aborted already', async () => {
    const { coordinator } = fresh();
    const request = { limit: 'lock "l"', capacity: 1, permits: 1 };
    const wait = watched(coordinator.acquire(request, who('a'), AbortSignal.abort()));
    await settle();
    expect(wait.state).toBe('cancelled');
    expect(coordinator.graph()).toEqual({ waiting: [], holding: [] });
  });

  it('tells when a request has to wait, and only then', async () => {
    const { coordinator } = fresh();
    const queued: string[] = [];
    const request = { limit: 'lock "l"', capacity: 1, permits: 1 };
    const options = (label: string) => who(label, { onQueued: () => queued.push(label) });
    const first = await coordinator.acquire(request, options('a'), never());
    const second = coordinator.acquire(request, options('b'), never());
    await settle();
    expect(queued).toEqual(['b']);
    await coordinator.release(first);
    await second;
  });

  it('shows who holds and who waits, by the names given', async () => {
    const { coordinator } = fresh();
    const request = { limit: 'lock "rack"', capacity: 1, permits: 1 };
    await coordinator.acquire(request, who('step "a" on h1'), never());
    const wait = watched(coordinator.acquire(request, who('step "b" on h2'), never()));
    await settle();
    const graph = coordinator.graph();
    expect(graph.holding.map((hold) => [hold.name, hold.holder.label])).toEqual([
      ['lock "rack"', 'step "a" on h1'],
    ]);
    expect(graph.waiting.map((one) => [one.name, one.holder.label])).toEqual([
      ['lock "rack"', 'step "b" on h2'],
    ]);
    expect(wait.state).toBe('waiting');
  });
}
