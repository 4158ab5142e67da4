import { expect, it } from 'vitest';
import { Float, Secret, type Value } from '../../src/model/value.ts';
import { settle } from '../support/virtual-clock.ts';
import { type Fresh, never, watched, who } from './contract-tools.ts';

/** Clauses of the contract. */
export function barrierContract(fresh: Fresh): void {
  it('lets all go on when the last has come, each time anew', async () => {
    const { coordinator } = fresh();
    await coordinator.openBarrier('b', ['h1', 'h2']);
    for (const _pass of [1, 2]) {
      const first = watched(coordinator.arrive('b', 'h1', who('h1'), never()));
      await settle();
      expect(first.state).toBe('waiting');
      await coordinator.arrive('b', 'h2', who('h2'), never());
      await settle();
      expect(first.state).toBe('done');
    }
  });

  it('no longer waits for a party that leaves', async () => {
    const { coordinator } = fresh();
    await coordinator.openBarrier('b', ['h1', 'h2', 'h3']);
    const first = watched(coordinator.arrive('b', 'h1', who('h1'), never()));
    const second = watched(coordinator.arrive('b', 'h2', who('h2'), never()));
    await coordinator.leaveBarrier('b', 'h3');
    await settle();
    expect([first.state, second.state]).toEqual(['done', 'done']);
  });

  it('lets a stranger, and a party that left, go on at once', async () => {
    const { coordinator } = fresh();
    await coordinator.openBarrier('b', ['h1', 'h2']);
    await coordinator.leaveBarrier('b', 'h2');
    await coordinator.arrive('b', 'h2', who('h2'), never());
    await coordinator.arrive('b', 'h9', who('h9'), never());
  });

  it('still waits for a party whose arrival was cancelled', async () => {
    const { coordinator } = fresh();
    await coordinator.openBarrier('b', ['h1', 'h2']);
    const giving = new AbortController();
    const given = watched(coordinator.arrive('b', 'h1', who('h1'), giving.signal));
    giving.abort();
    const other = watched(coordinator.arrive('b', 'h2', who('h2'), never()));
    await settle();
    expect([given.state, other.state]).toEqual(['cancelled', 'waiting']);
    await coordinator.arrive('b', 'h1', who('h1'), never());
    await settle();
    expect(other.state).toBe('done');
  });
}

/** Clauses of the contract. */
export function queueContract(fresh: Fresh): void {
  const open = async (fields: { capacity?: number; retries?: number; deadLetter?: string } = {}) => {
    const { coordinator, clock } = fresh();
    await coordinator.openQueue('dead', { capacity: 1, retries: 0 });
    await coordinator.openQueue('q', { capacity: 2, retries: 0, ...fields });
    return { coordinator, clock };
  };

  it('gives items out in the order they were put in, each once', async () => {
    const { coordinator } = await open();
    await coordinator.put('q', 1, who('p'), never());
    await coordinator.put('q', 2, who('p'), never());
    const got = [
      await coordinator.get('q', who('c'), never()),
      await coordinator.get('q', who('d'), never()),
    ];
    expect(got.map((item) => item?.value)).toEqual([1, 2]);
  });

  it('holds back who puts into a full queue, and keeps their order', async () => {
    const { coordinator } = await open({ capacity: 1 });
    await coordinator.put('q', 1, who('p'), never());
    const second = watched(coordinator.put('q', 2, who('p'), never()));
    const third = watched(coordinator.put('q', 3, who('p'), never()));
    await settle();
    expect(coordinator.queueItems('q')).toEqual([1]);
    expect((await coordinator.get('q', who('c'), never()))?.value).toBe(1);
    await settle();
    expect([second.state, third.state]).toEqual(['done', 'waiting']);
    expect((await coordinator.get('q', who('c'), never()))?.value).toBe(2);
  });

  it('gives a returned item out again first, then sends it to the dead-letter queue', async () => {
    const { coordinator } = await open({ retries: 1, deadLetter: 'dead' });
    await coordinator.put('q', 'bad', who('p'), never());
    await coordinator.put('q', 'good', who('p'), never());
    const first = await coordinator.get('q', who('c'), never());
    if (first !== undefined) await coordinator.nack(first);
    const again = await coordinator.get('q', who('c'), never());
    expect(again).toMatchObject({ value: 'bad', tries: 1 });
    if (again !== undefined) await coordinator.nack(again);
    expect(coordinator.queueItems('dead')).toEqual(['bad']);
    expect(coordinator.queueItems('q')).toEqual(['good']);
  });

  it('ends consumers of a closed queue only when nothing can come back', async () => {
    const { coordinator } = await open({ retries: 1 });
    await coordinator.put('q', 1, who('p'), never());
    const taken = await coordinator.get('q', who('c'), never());
    await coordinator.closeQueue('q');
    const other = watched(coordinator.get('q', who('d'), never()));
    await settle();
    expect(other.state).toBe('waiting');
    if (taken !== undefined) await coordinator.ack(taken);
    await settle();
    expect(other).toEqual({ state: 'done', value: undefined });
    const refusedPut = watched(coordinator.put('q', 2, who('p'), never()));
    await settle();
    expect(refusedPut.state).toBe('closed');
  });

  it('joins when every item put so far is done', async () => {
    const { coordinator } = await open();
    await coordinator.put('q', 1, who('p'), never());
    const joined = watched(coordinator.joinQueue('q', who('j'), never()));
    await coordinator.put('q', 2, who('p'), never());
    const taken = await coordinator.get('q', who('c'), never());
    await settle();
    expect(joined.state).toBe('waiting');
    if (taken !== undefined) await coordinator.ack(taken);
    await settle();
    expect(joined.state).toBe('done');
    await coordinator.joinQueue('dead', who('j'), never());
  });

  it('refuses putters and joiners once the last consumer is gone', async () => {
    const { coordinator } = await open({ capacity: 1 });
    await coordinator.put('q', 1, who('p'), never());
    const put = watched(coordinator.put('q', 2, who('p'), never()));
    const joined = watched(coordinator.joinQueue('q', who('j'), never()));
    await coordinator.abandonQueue('q', 'its last consumer failed');
    const later = watched(coordinator.put('q', 3, who('p'), never()));
    await settle();
    expect([put.state, joined.state, later.state]).toEqual(['no-consumer', 'no-consumer', 'no-consumer']);
    expect(put.message).toBe('its last consumer failed');
  });

  it('refuses a queue that is not open', async () => {
    const { coordinator } = fresh();
    const put = watched(coordinator.put('nope', 1, who('p'), never()));
    await settle();
    expect(put.state).toBe('unknown-name');
  });
}

/** Clauses of the contract. */
export function stateContract(fresh: Fresh): void {
  it('changes several values at once, and nothing when a comparison fails', async () => {
    const { coordinator } = fresh();
    await coordinator.changeState([
      { type: 'set', name: 'phase', value: 'old' },
      { type: 'append', name: 'done', value: 'a' },
      { type: 'increment', name: 'count', by: 2 },
    ]);
    const changed = await coordinator.changeState(
      [{ type: 'set', name: 'phase', value: 'new' }],
      [{ name: 'done', value: ['a', 'b'] }],
    );
    expect(changed).toBe(false);
    expect(['phase', 'done', 'count'].map((name) => coordinator.readState(name))).toEqual(['old', ['a'], 2]);
    expect(
      await coordinator.changeState(
        [{ type: 'increment', name: 'count', by: 1 }],
        [{ name: 'done', value: ['a'] }],
      ),
    ).toBe(true);
    expect(coordinator.readState('count')).toBe(3);
  });

  it('compares by value: entries in any order, numbers of any kind, secrets by their text', async () => {
    const { coordinator } = fresh();
    const kept = { a: 1, b: [new Float(2)] };
    await coordinator.changeState([
      { type: 'set', name: 'map', value: kept },
      { type: 'set', name: 'key', value: new Secret('one', 'key') },
    ]);
    const isSame = (name: string, value: Value) =>
      coordinator.changeState([{ type: 'set', name: 'seen', value: true }], [{ name, value }]);
    expect(
      await isSame(
        'map',
        new Map<Value, Value>([
          ['b', [2]],
          ['a', 1n],
        ]),
      ),
    ).toBe(true);
    expect(await isSame('map', { a: 1 })).toBe(false);
    expect(await isSame('map', { a: 1, b: ['2'] })).toBe(false);
    expect(await isSame('key', new Secret('two', 'key'))).toBe(false);
    expect(await isSame('key', new Secret('one', 'other'))).toBe(true);
    expect(await isSame('nobody set it', null)).toBe(false);
  });

  it('adds to numbers of any kind without losing digits', async () => {
    const { coordinator } = fresh();
    await coordinator.changeState([
      { type: 'set', name: 'big', value: Number.MAX_SAFE_INTEGER },
      { type: 'set', name: 'float', value: new Float(1) },
    ]);
    for (const name of ['big', 'float', 'big'])
      await coordinator.changeState([{ type: 'increment', name, by: 1 }]);
    expect(coordinator.readState('big')).toBe(2n ** 53n + 1n);
    expect(coordinator.readState('float')).toEqual(new Float(2));
  });

  it('refuses a change that does not fit, and then changes nothing', async () => {
    const { coordinator } = fresh();
    await coordinator.changeState([{ type: 'set', name: 'x', value: 'text' }]);
    const wrong = watched(
      coordinator.changeState([
        { type: 'set', name: 'y', value: 1 },
        { type: 'increment', name: 'x', by: 1 },
      ]),
    );
    await settle();
    expect(wrong.state).toBe('wrong-type');
    expect(coordinator.readState('y')).toBeUndefined();
  });
}
