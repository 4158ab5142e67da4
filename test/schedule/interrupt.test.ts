import { describe, expect, it } from 'vitest';
import { startRun } from '../support/controlled-steps.ts';
import { act, blockOn, chainPlay, PlanBuilder, use, waitFor } from '../support/plan-builder.ts';

describe('the first interrupt', () => {
  it('starts nothing new, tells what runs to end and awaits it', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    chainPlay(builder, ['a', 'b'], { keywords: { a: { limits: [use('lock', 'l')] } } });
    const interrupt = new AbortController();
    const run = await startRun(builder.build(), { signal: interrupt.signal });
    const { control } = run.step('a', 'h1');
    expect(control.signal.aborted).toBe(false);
    interrupt.abort();
    expect(control.signal.aborted).toBe(true);
    await run.clock.advance(0);
    expect(run.running()).toEqual(['a@h1']);
    expect(run.ended()).toEqual(['a@h2 cancelled', 'b@h2 cancelled']);
    await run.finish('a', 'h1', { outcome: 'cancelled' });
    const result = await run.result;
    expect(run.ended().slice(2)).toEqual(['a@h1 cancelled', 'b@h1 cancelled']);
    expect(run.finished('b', 'h1').msg).toBe('the run was interrupted');
    expect(result).toMatchObject({ interrupted: true, outcome: 'cancelled' });
    expect(run.coordinator.graph()).toEqual({ waiting: [], holding: [] });
  });

  it('before the start cancels everything', async () => {
    const builder = new PlanBuilder(['h1']);
    chainPlay(builder, ['a']);
    const run = await startRun(builder.build(), { signal: AbortSignal.abort() });
    const result = await run.result;
    expect(run.ended()).toEqual(['a@h1 cancelled']);
    expect(result.interrupted).toBe(true);
  });

  it('runs no always, and gives locks of blocks back', async () => {
    const builder = new PlanBuilder(['h1']);
    builder.play();
    const block = builder.block('b', { limits: [use('lock', 'l')] }, { hasRescue: true });
    blockOn(builder, 'h1', block, {
      body: [builder.step('a', {}, { block, part: 'body' })],
      rescue: [builder.step('r', {}, { block, part: 'rescue' })],
      always: [builder.step('z', {}, { block, part: 'always' })],
    });
    const interrupt = new AbortController();
    const run = await startRun(builder.build(), { signal: interrupt.signal });
    interrupt.abort();
    await run.finish('a', 'h1', { outcome: 'failed' });
    await run.result;
    expect(run.ended()).toEqual(['a@h1 failed rescued', 'r@h1 cancelled', 'z@h1 cancelled']);
    expect(run.coordinator.graph().holding).toEqual([]);
  });

  it('rejects the forks that a step still waits for', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    chainPlay(builder, ['a']);
    const interrupt = new AbortController();
    const run = await startRun(builder.build(), { signal: interrupt.signal, forks: 1 });
    let release: () => void = () => undefined;
    const held = run.step('a', 'h1').control.fork(() => new Promise<void>((resolve) => (release = resolve)));
    const queued = run
      .step('a', 'h2')
      .control.fork(async () => 'ran')
      .catch(() => 'rejected');
    interrupt.abort();
    expect(await queued).toBe('rejected');
    release();
    await held;
    await run.finishAll();
  });
});

describe('the second interrupt', () => {
  it('gives the result at once: what runs is unknown, all else cancelled, and later ends are not heard', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    chainPlay(builder, ['a', 'b']);
    const [interrupt, kill] = [new AbortController(), new AbortController()];
    const run = await startRun(builder.build(), { signal: interrupt.signal, killSignal: kill.signal });
    await run.finish('a', 'h1');
    interrupt.abort();
    const late = run.step('a', 'h2');
    kill.abort();
    const result = await run.result;
    expect(run.ended()).toEqual(['a@h1 ok', 'a@h2 unknown', 'b@h2 cancelled', 'b@h1 unknown'].sort(byPlan));
    expect(result).toMatchObject({ interrupted: true, unknown: true });
    const count = run.events.length;
    await late.finish();
    expect(run.events).toHaveLength(count);
  });
});

// Nodes are reported in the order of the plan: host by host.
function byPlan(one: string, other: string): number {
  const rank = (text: string) => text.slice(2, 4) + text.slice(0, 1);
  return rank(one) < rank(other) ? -1 : 1;
}

describe('a stall', () => {
  it('ends the run within a second, with who waits for whom', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    builder.play();
    const block = (name: string, host: string, outer: string, inner: string) => {
      const index = builder.block(name, { limits: [use('lock', outer)] });
      const step = builder.step(`${name}-a`, {}, { block: index, part: 'body' });
      const next = builder.step(
        `${name}-b`,
        { limits: [use('lock', inner)] },
        { block: index, part: 'body' },
      );
      blockOn(builder, host, index, { body: [step, next] });
    };
    block('one', 'h1', 'x', 'y');
    block('two', 'h2', 'y', 'x');
    const run = await startRun(builder.build());
    await run.finish('one-a', 'h1');
    await run.finish('two-a', 'h2');
    await run.clock.advance(1_000);
    const result = await run.result;
    expect(run.finished('one-b', 'h1')).toMatchObject({
      outcome: 'failed',
      msg: 'nothing can go on (RB402): step "one-b" on h1 waits for lock "y", held by block "two" on h2',
    });
    expect(run.events).toContainEqual(
      expect.objectContaining({ type: 'notice', message: expect.stringContaining('block "one" on h1') }),
    );
    expect(result).toMatchObject({ failed: true, interrupted: false });
    expect(run.coordinator.graph()).toEqual({ waiting: [], holding: [] });
  });

  it('is none while a step runs, a timeout of the author runs, or an event from outside is awaited', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    builder.play();
    builder.on('h1', builder.step('timed', { wait: [waitFor('e', { timeout: '10s' })] }));
    const last = builder.on('h2', builder.step('long'));
    builder.on('h2', builder.step('set', { set: [act('e')], wait: [waitFor('e')] }), [last]);
    const run = await startRun(builder.build());
    await run.clock.advance(5_000);
    await run.finish('long', 'h2');
    await run.clock.advance(4_000);
    expect(run.ended()).toEqual(['long@h2 ok']);
    await run.clock.advance(2_000);
    expect(run.finished('timed', 'h1').msg).toContain('waited 10.0 s');
    expect(run.finished('set', 'h2').msg).toContain('RB402');
    await run.result;
  });
});
