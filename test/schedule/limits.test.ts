import { describe, expect, it } from 'vitest';
import type { Claims } from '../../src/coordinate/claims.ts';
import { CoordinationError } from '../../src/coordinate/coordinator.ts';
import type { Keywords } from '../../src/model/playbook.ts';
import { exitCode } from '../../src/schedule/exit-code.ts';
import { startRun } from '../support/controlled-steps.ts';
import { blockOn, chainPlay, PlanBuilder, somewhere, use } from '../support/plan-builder.ts';
import { settle } from '../support/virtual-clock.ts';

/** One step on some hosts with these keywords. */
function plan(hosts: readonly string[], keywords: Keywords, declarations = {}) {
  const builder = new PlanBuilder(hosts);
  builder.declarations = { ...builder.declarations, ...declarations };
  chainPlay(builder, ['a', 'b'], { keywords: { a: keywords } });
  return builder.build();
}

const lock = (onLost: 'poison' | 'release', scope: 'run' | 'host' = 'run') => ({
  locks: { l: { scope, onLost, at: somewhere } },
});

describe('locks and semaphores of steps', () => {
  it('let one holder in at a time, first come, first served, and go on at release', async () => {
    const run = await startRun(plan(['h1', 'h2', 'h3'], { limits: [use('lock', 'l')] }));
    expect(run.running()).toEqual(['a@h1']);
    await run.finish('a', 'h1', { outcome: 'failed' });
    expect(run.running()).toEqual(['a@h2']);
    await run.finish('a', 'h2');
    expect([...run.running()].sort()).toEqual(['a@h3', 'b@h2']);
    await run.finishAll();
    expect(run.coordinator.graph()).toEqual({ waiting: [], holding: [] });
  });

  it('let as many in as a semaphore has permits', async () => {
    const semaphores = { s: { permits: 2, scope: 'run', at: somewhere } };
    const run = await startRun(plan(['h1', 'h2', 'h3'], { limits: [use('semaphore', 's')] }, { semaphores }));
    expect(run.running()).toEqual(['a@h1', 'a@h2']);
    await run.finishAll();
  });

  it('of scope host hold on one host only', async () => {
    const run = await startRun(plan(['h1', 'h2'], { limits: [use('lock', 'l')] }, lock('poison', 'host')));
    expect(run.running()).toEqual(['a@h1', 'a@h2']);
    await run.finishAll();
  });

  it('with a key are one lock for each value', async () => {
    const keywords = { limits: [use('lock', 'l', { key: '{{ rack }}' })] };
    const racks: Readonly<Record<string, string>> = { h1: 'r1', h2: 'r2', h3: 'r1' };
    const run = await startRun(plan(['h1', 'h2', 'h3'], keywords), {
      renderKey: (_key, _step, host) => racks[host] ?? '',
    });
    expect(run.running()).toEqual(['a@h1', 'a@h2']);
    expect(run.events).toContainEqual(
      expect.objectContaining({ type: 'step-waiting', for: 'lock "l" [r1]' }),
    );
    await run.finishAll();
  });

  it('are taken in one order by everybody, so that two steps never wait for each other', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    builder.play();
    const [x, y] = [use('lock', 'x'), use('lock', 'y')];
    builder.on('h1', builder.step('one', { limits: [x, y] }));
    builder.on('h2', builder.step('two', { limits: [y, x] }));
    const run = await startRun(builder.build());
    expect(run.running()).toEqual(['one@h1']);
    await run.finish('one', 'h1');
    expect(run.running()).toEqual(['two@h2']);
    await run.finishAll();
  });

  it('that a block holds already are not taken again inside it', async () => {
    const builder = new PlanBuilder(['h1']);
    builder.play();
    const block = builder.block('b', { limits: [use('lock', 'l')] });
    blockOn(builder, 'h1', block, {
      body: [builder.step('a', { limits: [use('lock', 'l')] }, { block, part: 'body' })],
    });
    const run = await startRun(builder.build());
    expect(run.running()).toEqual(['a@h1']);
    await run.finishAll();
    expect(run.coordinator.graph().holding).toEqual([]);
  });

  it('limit a step by throttle', async () => {
    const run = await startRun(plan(['h1', 'h2', 'h3'], { throttle: 2 }));
    expect(run.running()).toEqual(['a@h1', 'a@h2']);
    await run.finish('a', 'h1');
    expect([...run.running()].sort()).toEqual(['a@h2', 'a@h3', 'b@h1']);
    await run.finishAll();
  });

  it('are not taken by a step whose condition was false before the run', async () => {
    const builder = new PlanBuilder(['h1']);
    builder.play();
    const step = builder.step('a', { limits: [use('lock', 'l')] });
    builder.node({ kind: 'instance', step, host: 0, skip: 'x == 1' });
    const run = await startRun(builder.build());
    await run.result;
    expect(run.finished('a', 'h1')).toMatchObject({ outcome: 'skipped', msg: 'condition is false: x == 1' });
    expect(run.coordinator.state.limits.size).toBe(0);
  });

  it('fail a step that does not get them in time', async () => {
    const run = await startRun(plan(['h1', 'h2'], { limits: [use('lock', 'l', { timeout: 3 })] }));
    await run.clock.advance(3_000);
    expect(run.finished('a', 'h2')).toMatchObject({ outcome: 'failed', waitedMs: 3_000, durationMs: 0 });
    await run.finishAll();
  });

  it('that a play holds are held from its start to its end', async () => {
    const builder = new PlanBuilder(['h1']);
    const play = { follows: [], keywords: { limits: [use('lock', 'l')] } };
    chainPlay(builder, ['a'], { play });
    chainPlay(builder, ['b'], { play });
    const run = await startRun(builder.build());
    expect(run.running()).toEqual(['a@h1']);
    await run.finish('a', 'h1');
    expect(run.running()).toEqual(['b@h1']);
    await run.finishAll();
    expect(run.coordinator.graph().holding).toEqual([]);
  });
});

describe('a pool that a play leases from', () => {
  it('gives one member to all steps of the play, until it ends; who comes late waits for one', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    const pools = { gpu: { members: ['g0', 'g1'], at: somewhere } };
    builder.declarations = { ...builder.declarations, pools };
    const play = { follows: [], keywords: { limits: [use('pool', 'gpu')] } };
    for (const name of ['a', 'b', 'c']) chainPlay(builder, [name, `${name}2`], { play });
    const run = await startRun(builder.build());
    const leased = (id: string) => builder.hosts.map((host) => run.step(id, host).work.leases?.['gpu']);
    expect([...run.running()].sort()).toEqual(['a@h1', 'a@h2', 'b@h1', 'b@h2']);
    expect([leased('a'), leased('b')]).toEqual([
      ['g0', 'g0'],
      ['g1', 'g1'],
    ]);
    for (const host of builder.hosts) await run.finish('b', host);
    expect(leased('b2')).toEqual(['g1', 'g1']);
    for (const host of builder.hosts) await run.finish('b2', host);
    expect(leased('c')).toEqual(['g1', 'g1']);
    await run.finishAll();
    expect(run.coordinator.graph()).toEqual({ waiting: [], holding: [] });
  });
});

describe('a lock whose holder is lost', () => {
  it('is poisoned: waiters fail at once, naming the holder', async () => {
    const run = await startRun(plan(['h1', 'h2', 'h3'], { limits: [use('lock', 'l')] }, lock('poison')));
    await run.finish('a', 'h1', { outcome: 'unknown' });
    const result = await run.result;
    for (const host of ['h2', 'h3'])
      expect(run.finished('a', host)).toMatchObject({
        outcome: 'failed',
        msg: 'lock "l" can\'t be given back by step "a" on h1 (the outcome of step "a" on h1 is unknown) (RB404)',
      });
    expect(result.unknown).toBe(true);
  });

  it('goes on with on_lost: release', async () => {
    const run = await startRun(plan(['h1', 'h2'], { limits: [use('lock', 'l')] }, lock('release')));
    await run.finish('a', 'h1', { outcome: 'unknown' });
    expect(run.running()).toEqual(['a@h2']);
    await run.finishAll();
  });

  it('is poisoned too when its block holds it', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    builder.play();
    const block = builder.block('b', { limits: [use('lock', 'l')] });
    const a = builder.step('a', {}, { block, part: 'body' });
    for (const host of builder.hosts) blockOn(builder, host, block, { body: [a] });
    const run = await startRun(builder.build());
    await run.finish('a', 'h1', { outcome: 'unknown' });
    await run.result;
    expect(run.finished('a', 'h2').msg).toContain('block "b" on h1');
  });
});

describe('what a step releases of its block', () => {
  const gives = (permits = 1) => ({ release: [{ name: 's', permits, at: somewhere }] });

  /** A block that holds 2 of 3 permits on each host, around these steps. */
  function holding(steps: Readonly<Record<string, Keywords>>) {
    const builder = new PlanBuilder(['h1', 'h2']);
    builder.declarations = {
      ...builder.declarations,
      semaphores: { s: { permits: 3, scope: 'run', at: somewhere } },
    };
    builder.play();
    const block = builder.block('b', { limits: [use('semaphore', 's', { permits: 2 })] });
    const body = Object.entries(steps).map(([id, keywords]) =>
      builder.step(id, keywords, { block, part: 'body' }),
    );
    for (const host of builder.hosts) blockOn(builder, host, block, { body });
    return builder.build();
  }

  it('goes to who waits for it before the block has ended, once the step has ended well', async () => {
    const run = await startRun(holding({ a: gives(), b: {} }));
    expect(run.running()).toEqual(['a@h1']);
    await run.finish('a', 'h1');
    expect([...run.running()].sort()).toEqual(['a@h2', 'b@h1']);
    await run.finishAll();
    expect(run.coordinator.graph()).toEqual({ waiting: [], holding: [] });
  });

  it('stays held where the step failed or was skipped', async () => {
    const run = await startRun(holding({ a: gives(), b: {} }));
    await run.finish('a', 'h1', { outcome: 'skipped' });
    expect(run.running()).toEqual(['b@h1']);
    await run.finishAll();
  });

  it('fails the step where more is given back than the block still holds', async () => {
    const run = await startRun(holding({ a: gives(2), b: gives() }));
    await run.finish('a', 'h1');
    await run.finish('b', 'h1');
    expect(run.finished('b', 'h1')).toMatchObject({
      outcome: 'failed',
      msg: '"s" was given back, and no block around holds it any more (RB324)',
    });
    await run.finishAll();
    expect(run.coordinator.graph().holding).toEqual([]);
  });
});

describe('a loop under a lock', () => {
  it('takes it for each item, so that hosts take turns, and gives it back between items', async () => {
    const loop = { form: 'loop', value: [1, 2], at: somewhere } as const;
    const run = await startRun(plan(['h1', 'h2'], { loop, limits: [use('lock', 'l')] }));
    expect(run.running()).toEqual(['a@h1', 'a@h2']);
    const order: string[] = [];
    const ends = new Map<string, () => void>();
    const item = (host: string, name: string) =>
      run.step('a', host).control.forItem?.(
        () =>
          new Promise<{ readonly outcome: 'ok' }>((resolve) => {
            order.push(`${name}@${host}`);
            ends.set(`${name}@${host}`, () => resolve({ outcome: 'ok' }));
          }),
      );
    const first = item('h1', '1');
    void item('h2', '1');
    await settle();
    expect(order).toEqual(['1@h1']);
    ends.get('1@h1')?.();
    await first;
    void item('h1', '2');
    await settle();
    expect(order).toEqual(['1@h1', '1@h2']);
    ends.get('1@h2')?.();
    await settle();
    expect(order).toEqual(['1@h1', '1@h2', '2@h1']);
    ends.get('2@h1')?.();
    await run.finishAll();
    expect(run.coordinator.graph()).toEqual({ waiting: [], holding: [] });
  });

  it('keeps it for ever where the outcome of an item is unknown', async () => {
    const loop = { form: 'loop', value: [1], at: somewhere } as const;
    const run = await startRun(plan(['h1', 'h2'], { loop, limits: [use('lock', 'l')] }));
    await run.step('a', 'h1').control.forItem?.(async () => ({ outcome: 'unknown' as const }));
    await run.finish('a', 'h1', { outcome: 'unknown' });
    const later = run.step('a', 'h2').control.forItem?.(async () => ({ outcome: 'ok' as const }));
    await expect(later).rejects.toThrow('RB404');
    await run.finishAll();
  });
});

describe('how long a lost host is tried again', () => {
  it('is what the declaration says, 60 s where it says nothing, and as usual where nothing is held', async () => {
    const lostAfter = (lock: object) =>
      startRun(
        plan(
          ['h1'],
          { limits: [use('lock', 'l')] },
          { locks: { l: { scope: 'run', onLost: 'poison', at: somewhere, ...lock } } },
        ),
      );
    const [given, usual] = [await lostAfter({ lostAfter: '5m' }), await lostAfter({})];
    expect(given.step('a', 'h1').control.lostAfterMs).toBe(300_000);
    expect(usual.step('a', 'h1').control.lostAfterMs).toBe(60_000);
    await usual.finish('a', 'h1');
    expect(usual.step('b', 'h1').control.lostAfterMs).toBeUndefined();
    await Promise.all([given.finishAll(), usual.finishAll()]);
  });
});

describe('a lock of scope global', () => {
  const global = { locks: { l: { scope: 'global', onLost: 'poison', at: somewhere } } };
  const limits = [use('lock', 'l', { timeout: 3 })];

  /** Claims that are given, refused or kept waiting as the test says, with what became of them. */
  function fakeClaims(answer: 'give' | 'wait') {
    const seen: string[] = [];
    const claims: Claims = {
      async claim({ limit, holder }, { onHeld, deadlineMs }) {
        seen.push(`${holder} asks for ${limit}`);
        if (answer === 'wait') {
          onHeld(['step "x" on h9 of run r9']);
          throw new CoordinationError('timeout', `after ${deadlineMs}`);
        }
        return {
          release: async (permits) => void seen.push(`released ${permits ?? 'all'}`),
          abandon: async (reason) => void seen.push(`abandoned: ${reason}`),
        };
      },
      close: async () => undefined,
    };
    return { claims, seen };
  }

  it('is claimed against other runs by its holder, and given back with it', async () => {
    const { claims, seen } = fakeClaims('give');
    const run = await startRun(plan(['h1', 'h2'], { limits }, global), { claims });
    expect(seen).toEqual(['step "a" on h1 asks for lock "l"']);
    await run.finish('a', 'h1');
    expect(seen.slice(1)).toEqual(['released all', 'step "a" on h2 asks for lock "l"']);
    await run.finishAll();
  });

  it('is abandoned where its holder is lost', async () => {
    const { claims, seen } = fakeClaims('give');
    const run = await startRun(plan(['h1'], { limits }, global), { claims });
    await run.finish('a', 'h1', { outcome: 'unknown' });
    expect(seen.at(-1)).toBe('abandoned: the outcome of step "a" on h1 is unknown');
    await run.result;
  });

  it('that another run keeps fails the step, naming the holder, and the run says so', async () => {
    const { claims } = fakeClaims('wait');
    const run = await startRun(plan(['h1'], { limits }, global), { claims });
    const result = await run.result;
    expect(run.finished('a', 'h1')).toMatchObject({
      outcome: 'failed',
      msg: 'waited 3.0 s for lock "l", held by step "x" on h9 of run r9 (RB405)',
    });
    expect(run.events).toContainEqual(
      expect.objectContaining({
        type: 'step-waiting',
        kind: 'elsewhere',
        holders: ['step "x" on h9 of run r9'],
      }),
    );
    expect(result).toMatchObject({ failed: true, heldElsewhere: true });
    expect(exitCode(result, { checkExitCode: false })).toBe(75);
    expect(run.coordinator.graph().holding).toEqual([]);
  });
});

describe('barriers', () => {
  const meeting = { barrier: 'sync' };

  it('let all live hosts of the batch go on together; failed hosts leave', async () => {
    const builder = new PlanBuilder(['h1', 'h2', 'h3']);
    chainPlay(builder, ['a', 'meet'], { keywords: { meet: meeting } });
    const run = await startRun(builder.build());
    await run.finish('a', 'h1');
    await run.finish('a', 'h2');
    expect(run.running()).toEqual(['a@h3']);
    await run.finish('a', 'h3', { outcome: 'failed' });
    expect(run.running()).toEqual(['meet@h1', 'meet@h2']);
    await run.finishAll();
  });

  it('do not wait for unreachable hosts, nor for those that meta ended or that never come', async () => {
    for (const outcome of [{ outcome: 'unreachable' }, { meta: 'end_host' }] as const) {
      const builder = new PlanBuilder(['h1', 'h2']);
      chainPlay(builder, ['a', 'meet'], { keywords: { meet: meeting } });
      const run = await startRun(builder.build());
      await run.finish('a', 'h1');
      expect(run.running()).toEqual(['a@h2']);
      await run.finish('a', 'h2', outcome);
      expect(run.running()).toEqual(['meet@h1']);
      await run.finishAll();
    }
  });

  it('may be met at by blocks', async () => {
    const builder = new PlanBuilder(['h1', 'h2', 'h3']);
    builder.play();
    const before = builder.step('before');
    const block = builder.block('b', { barrier: 'sync' });
    const a = builder.step('a', {}, { block, part: 'body' });
    for (const host of builder.hosts)
      blockOn(builder, host, block, { body: [a] }, [builder.on(host, before)]);
    const run = await startRun(builder.build());
    await run.finish('before', 'h1');
    await run.finish('before', 'h2');
    expect(run.running()).toEqual(['before@h3']);
    await run.finish('before', 'h3', { outcome: 'failed' });
    expect(run.running()).toEqual(['a@h1', 'a@h2']);
    await run.finishAll();
  });

  it('are meetings of one batch each', async () => {
    const builder = new PlanBuilder(['h1', 'h2', 'h3']);
    chainPlay(builder, ['meet'], { play: { batches: [[0, 1], [2]] }, keywords: { meet: meeting } });
    const run = await startRun(builder.build());
    expect(run.running()).toEqual(['meet@h1', 'meet@h2']);
    await run.finish('meet', 'h1');
    await run.finish('meet', 'h2');
    expect(run.running()).toEqual(['meet@h3']);
    await run.finishAll();
  });

  it('are met at again before each further pass of a loop; who has done its passes leaves', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    chainPlay(builder, ['meet', 'alone'], { keywords: { meet: meeting } });
    const run = await startRun(builder.build());
    const passed: string[] = [];
    const again = (host: string) =>
      run
        .step('meet', host)
        .control.meetAgain?.()
        .then(() => passed.push(host));
    void again('h1');
    await settle();
    expect(passed).toEqual([]);
    void again('h2');
    await settle();
    expect(passed).toEqual(['h1', 'h2']);
    void again('h1');
    await settle();
    expect(passed).toEqual(['h1', 'h2']);
    await run.finish('meet', 'h2');
    expect(passed).toEqual(['h1', 'h2', 'h1']);
    await run.finish('meet', 'h1');
    expect(run.step('alone', 'h1').control.meetAgain).toBeUndefined();
    await run.finishAll();
  });
});
