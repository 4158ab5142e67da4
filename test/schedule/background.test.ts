import { describe, expect, it } from 'vitest';
import { startRun } from '../support/controlled-steps.ts';
import { type After, act, blockOn, PlanBuilder, waitFor } from '../support/plan-builder.ts';

const failed = { outcome: 'failed' } as const;

/** Two background steps, one after the other, and a step beside them; then a second play. */
function plan(kind: 'wait' | 'daemon') {
  const builder = new PlanBuilder(['h1']);
  builder.play();
  const start = builder.join('play-start');
  const one = builder.on('h1', builder.step('one', { background: kind }), [start]);
  const two = builder.on('h1', builder.step('two', { background: kind }), [start]);
  const a = builder.on('h1', builder.step('a'), [start]);
  const ends: After[] =
    kind === 'wait'
      ? [
          [one, 'end'],
          [two, 'end'],
        ]
      : [];
  const end = builder.join('play-end', [...ends, [a, 'end']]);
  builder.play({ follows: [0] });
  const next = builder.join('play-start', [[end, 'end']]);
  builder.on('h1', builder.step('b'), [next]);
  return builder.build();
}

describe('background steps', () => {
  it('are waited for at the end of their lane, and their failure fails it', async () => {
    const run = await startRun(plan('wait'));
    await run.finish('a', 'h1');
    await run.finish('one', 'h1');
    expect(run.running()).toEqual(['two@h1']);
    await run.finish('two', 'h1', failed);
    await run.result;
    expect(run.ended().at(-1)).toBe('b@h1 cancelled');
  });

  it('are not taken up by a rescue around them, and decide nothing in their block', async () => {
    const builder = new PlanBuilder(['h1']);
    builder.play();
    const block = builder.block('b', {}, { hasRescue: true });
    const at = { block, part: 'body' } as const;
    const { begin, end } = blockOn(builder, 'h1', block, {
      body: [builder.step('a', {}, at)],
      rescue: [builder.step('r', {}, { block, part: 'rescue' })],
    });
    const bg = builder.on('h1', builder.step('bg', { background: 'wait' }, at), [begin]);
    const after = builder.on('h1', builder.step('after'), [end]);
    builder.on('h1', builder.step('both'), [after, bg]);
    const run = await startRun(builder.build());
    await run.finish('bg', 'h1', failed);
    await run.finishAll();
    expect(run.ended()).toEqual(['bg@h1 failed', 'a@h1 ok', 'after@h1 ok', 'both@h1 cancelled']);
  });

  it('know that they hold no fork once their request is on the way', async () => {
    const builder = new PlanBuilder(['h1']);
    builder.play();
    const block = builder.block('b', { background: 'wait' });
    blockOn(builder, 'h1', block, { body: [builder.step('inside', {}, { block, part: 'body' })] });
    builder.on('h1', builder.step('bg', { background: 'daemon' }));
    builder.on('h1', builder.step('fg'));
    const run = await startRun(builder.build());
    const known = ['inside', 'bg', 'fg'].map((id) => run.step(id, 'h1').control.isBackground);
    expect(known).toEqual([true, true, false]);
    await run.finishAll();
  });
});

describe('daemons', () => {
  it('of one step are ended on all hosts at once', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    builder.play();
    const step = builder.step('d', { background: 'daemon' });
    for (const host of builder.hosts) builder.on(host, step);
    builder.on('h1', builder.step('a'));
    const run = await startRun(builder.build());
    await run.finish('a', 'h1');
    expect(builder.hosts.map((host) => run.step('d', host).control.signal.aborted)).toEqual([true, true]);
    await run.finish('d', 'h1', { outcome: 'cancelled' });
    await run.finish('d', 'h2', { outcome: 'cancelled' });
    await run.result;
  });

  it('are ended when all else has ended, the last started first; that is a good end', async () => {
    const run = await startRun(plan('daemon'));
    const [one, two] = [run.step('one', 'h1').control.signal, run.step('two', 'h1').control.signal];
    await run.finish('a', 'h1');
    expect([one.aborted, two.aborted, run.running().at(-1)]).toEqual([false, false, 'b@h1']);
    await run.finish('b', 'h1');
    expect([one.aborted, two.aborted]).toEqual([false, true]);
    await run.finish('two', 'h1', { outcome: 'cancelled' });
    expect(one.aborted).toBe(true);
    await run.finish('one', 'h1', failed);
    const result = await run.result;
    expect(run.ended().slice(2)).toEqual(['two@h1 ok', 'one@h1 ok']);
    expect(result.failed).toBe(false);
  });

  it('that fail by themselves fail the run and cancel nothing', async () => {
    const run = await startRun(plan('daemon'));
    await run.finish('one', 'h1', failed);
    await run.finish('a', 'h1');
    await run.finish('b', 'h1');
    await run.finish('two', 'h1', { outcome: 'cancelled' });
    const result = await run.result;
    expect(run.ended()).toEqual(['one@h1 failed', 'a@h1 ok', 'b@h1 ok', 'two@h1 ok']);
    expect(result.failed).toBe(true);
  });

  it('that are blocks start no further step once all else has ended, and run their always', async () => {
    const builder = new PlanBuilder(['h1']);
    builder.play();
    const block = builder.block('d', { background: 'daemon' });
    blockOn(builder, 'h1', block, {
      body: [builder.step('x', {}, { block, part: 'body' }), builder.step('y', {}, { block, part: 'body' })],
      always: [builder.step('z', {}, { block, part: 'always' })],
    });
    builder.on('h1', builder.step('a'));
    const run = await startRun(builder.build());
    await run.finish('a', 'h1');
    expect(run.step('x', 'h1').control.signal.aborted).toBe(true);
    await run.finish('x', 'h1', { outcome: 'cancelled' });
    expect(run.step('z', 'h1').control.signal.aborted).toBe(false);
    await run.finishAll();
    expect(run.ended()).toEqual(['a@h1 ok', 'x@h1 ok', 'y@h1 skipped', 'z@h1 ok']);
  });

  it('do not hide a stall', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    builder.play();
    builder.on('h1', builder.step('daemon', { background: 'daemon' }));
    const wait = builder.on('h2', builder.step('wait', { wait: [waitFor('e')] }));
    builder.on('h2', builder.step('set', { set: [act('e')] }), [wait]);
    const run = await startRun(builder.build());
    await run.clock.advance(1_000);
    expect(run.finished('wait', 'h2').msg).toContain('RB402');
    await run.finish('daemon', 'h1', { outcome: 'cancelled' });
    await run.result;
  });
});
