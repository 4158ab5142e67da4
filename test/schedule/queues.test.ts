import { describe, expect, it } from 'vitest';
import { planOf } from '../support/compile-plan.ts';
import { inventory, play, playbook, step } from '../support/playbook-builder.ts';
import { consume, queueOf, queuePlan, runQueue, type Work } from '../support/queue-run.ts';

const fine: Work = () => ({ afterMs: 10, outcome: 'ok' });
const two = inventory(['p0', 'c0'], { fillers: ['p0'], workers: ['c0'] });

describe('a consumer', () => {
  it('does all items in order and ends ok when the queue has closed itself', async () => {
    const run = await runQueue(
      queuePlan({ producers: 1, consumers: 1, capacity: 2 }),
      () => ['a', 'b', 'c'],
      fine,
    );
    expect(run.begun).toEqual(['a', 'b', 'c']);
    expect(run.finished('consumer', 'c0')).toMatchObject({ outcome: 'ok', msg: '3 items of queue "jobs"' });
    expect(run.finished('joined', 'p0').outcome).toBe('ok');
    expect(run.result).toMatchObject({ outcome: 'ok', leftItems: {} });
  });

  it('works on as many items at a time as it has workers', async () => {
    const plan = queuePlan({ producers: 1, consumers: 1, capacity: 5, workers: 3 });
    const run = await runQueue(plan, () => [1, 2, 3, 4, 5], fine);
    expect(run.begunMs).toEqual([0, 0, 0, 10, 10]);
    expect(run.finished('consumer', 'c0').outcome).toBe('ok');
  });

  it('returns what failed as often as it says, then dead-letters it, and counts as failed once', async () => {
    const plan = queuePlan({ producers: 1, consumers: 1, capacity: 2, retries: 1, deadLetters: true });
    const run = await runQueue(
      plan,
      () => ['bad', 'shy', 'good'],
      (item, attempt) => ({
        afterMs: 1,
        outcome: item === 'bad' || (item === 'shy' && attempt === 1) ? 'failed' : 'ok',
      }),
    );
    expect(run.begun).toEqual(['bad', 'bad', 'shy', 'shy', 'good']);
    expect(run.finished('consumer', 'c0')).toMatchObject({
      outcome: 'failed',
      msg: '1 of 3 items of queue "jobs" failed',
    });
    expect(run.result.hosts['c0']).toMatchObject({ failed: 1, rescued: 3 });
    expect(run.result.leftItems).toEqual({ dead: ['bad'] });
    expect(run.finished('joined', 'p0').outcome).toBe('ok');
  });

  it('leaves putters and joiners no reason to wait when the last one is gone', async () => {
    const plan = queuePlan({ producers: 2, consumers: 1, capacity: 1 });
    const run = await runQueue(
      plan,
      (host) => [`${host}a`, `${host}b`, `${host}c`],
      () => ({ afterMs: 5, outcome: 'unreachable' }),
    );
    for (const host of ['p0', 'p1']) {
      const { outcome, msg } = run.finished('fill', host);
      expect([outcome, msg]).toEqual([
        'failed',
        'queue "jobs" has no consumer any more: step "consumer" on c0, which failed',
      ]);
    }
    expect(run.clock.nowMs()).toBeLessThanOrEqual(10_000);
  });

  it('takes the locks of its block with each item', async () => {
    const block = step({
      name: 'consumer',
      body: [step('work')],
      consume: consume({ workers: 2 }),
      lock: 'one',
    });
    const fill = step({ id: 'fill', module: 'queue', params: { put: '{{ item }}', to: 'jobs' } });
    const plays = [
      play({ hosts: 'fillers', steps: [fill] }),
      play({ hosts: 'workers', needs: [], steps: [block] }),
    ];
    const book = playbook({ plays, locks: ['one'] });
    const plan = planOf({ ...book, declarations: { ...queueOf(3), locks: book.declarations.locks } }, two);
    const run = await runQueue(plan, () => [1, 2, 3], fine);
    expect(run.begunMs).toEqual([0, 10, 20]);
    expect(run.operations.filter((one) => one.type === 'limit-release')).toHaveLength(3);
    expect(run.result.outcome).toBe('ok');
  });

  it('sets an event with each item that its block ends well', async () => {
    const work = step({ id: 'work', set: ['seen'] });
    const block = step({ name: 'consumer', body: [work], consume: consume() });
    const fill = step({ id: 'fill', module: 'queue', params: { put: '{{ item }}', to: 'jobs' } });
    const plays = [
      play({ hosts: 'fillers', steps: [fill] }),
      play({ hosts: 'workers', needs: [], steps: [block] }),
      play({ hosts: 'fillers', needs: [], steps: [step({ id: 'watch', wait: ['seen'] })] }),
    ];
    const book = playbook({ plays, events: { seen: {} } });
    const plan = planOf({ ...book, declarations: { ...queueOf(3), events: book.declarations.events } }, two);
    const done = await runQueue(plan, () => [1, 2], fine);
    expect(done.operations.filter((one) => one.type === 'event-set')).toHaveLength(2);
    expect(done.finished('watch', 'p0').outcome).toBe('ok');

    const lost = await runQueue(
      plan,
      () => [1],
      () => ({ afterMs: 1, outcome: 'failed' }),
    );
    expect(lost.finished('watch', 'p0')).toMatchObject({ outcome: 'failed' });
    expect(lost.finished('watch', 'p0').msg).toContain('RB401');
  });
});

describe('closing a queue', () => {
  it('ends the part of one host only, and refuses what that host puts later', async () => {
    const fill = step({ id: 'fill', module: 'queue', params: { put: '{{ item }}', to: 'jobs' } });
    const close = step({ id: 'close', module: 'queue', params: { close: 'jobs' } });
    const block = step({ name: 'consumer', body: [step('work')], consume: consume() });
    const hosts = inventory(['p0', 'p1', 'c0'], { fillers: ['p0', 'p1'], workers: ['c0'] });
    const plays = [
      play({ hosts: 'fillers', steps: [close, fill] }),
      play({ hosts: 'workers', needs: [], steps: [block] }),
    ];
    const plan = planOf({ ...playbook({ plays }), declarations: queueOf(2) }, hosts);
    const run = await runQueue(plan, (host) => [host], fine);
    expect(run.finished('fill', 'p0')).toMatchObject({
      outcome: 'failed',
      msg: 'p0 has closed its part of queue "jobs" before',
    });
    expect(run.begun).toEqual([]);
    expect(run.finished('consumer', 'c0')).toMatchObject({ outcome: 'ok', msg: 'no item of queue "jobs"' });
  });
});
