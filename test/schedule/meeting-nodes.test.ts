import { describe, expect, it } from 'vitest';
import { startRun } from '../support/controlled-steps.ts';
import { chainPlay, PlanBuilder } from '../support/plan-builder.ts';

const failed = { outcome: 'failed' } as const;

describe('run_once', () => {
  it('runs on the first live host of its batch and registers for all live ones', async () => {
    const builder = new PlanBuilder(['h1', 'h2', 'h3']);
    builder.play();
    const a = builder.step('a');
    const once = builder.step('once', { runOnce: true });
    const firsts = ['h1', 'h2', 'h3'].map((host) => builder.on(host, a));
    builder.node(
      { kind: 'once', step: once, hosts: [0, 1, 2] },
      firsts.map((id) => [id, 'end', 'run_once']),
    );
    const run = await startRun(builder.build());
    await run.finish('a', 'h1', failed);
    await run.finish('a', 'h2');
    await run.finish('a', 'h3');
    expect(run.running()).toEqual(['once@h2']);
    expect(run.step('once', 'h2').work.registerFor).toEqual(['h2', 'h3']);
    await run.finishAll();
  });

  it('is cancelled when no host is left, and its failure fails every host', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    builder.play();
    const a = builder.step('a');
    const once = builder.step('once', { runOnce: true });
    const firsts = ['h1', 'h2'].map((host) => builder.on(host, a));
    builder.node(
      { kind: 'once', step: once, hosts: [0, 1] },
      firsts.map((id) => [id, 'end', 'run_once']),
    );
    const plan = builder.build();
    const run = await startRun(plan);
    await run.finish('a', 'h1', failed);
    await run.finish('a', 'h2', failed);
    await run.result;
    expect(run.ended()).toContain('once@h1 cancelled');
  });

  it('fails every host of the batch when it fails', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    builder.play();
    const start = builder.join('play-start');
    const once = builder.step('once', { runOnce: true });
    const node = builder.node({ kind: 'once', step: once, hosts: [0, 1] }, [start]);
    builder.join('play-end', [[node, 'end']]);
    chainPlay(builder, ['b']);
    const run = await startRun(builder.build());
    await run.finish('once', 'h1', failed);
    const result = await run.result;
    expect(run.ended()).toEqual(['once@h1 failed', 'b@h1 cancelled', 'b@h2 cancelled']);
    expect(result.hosts['h2']).toMatchObject({ failed: 0, cancelled: 1 });
  });
});

describe('linear plays', () => {
  it('meet between steps; failed hosts leave', async () => {
    const builder = new PlanBuilder(['h1', 'h2', 'h3']);
    builder.play({ strategy: 'linear' });
    const [a, b] = [builder.step('a'), builder.step('b')];
    const firsts = builder.hosts.map((host) => builder.on(host, a));
    const join = builder.join(
      'linear',
      firsts.map((id) => [id, 'end', 'linear']),
    );
    for (const [index, host] of builder.hosts.entries()) builder.on(host, b, [join, firsts[index] ?? 0]);
    const run = await startRun(builder.build());
    await run.finish('a', 'h1');
    await run.finish('a', 'h2', failed);
    expect(run.running()).toEqual(['a@h3']);
    await run.finish('a', 'h3');
    expect(run.running()).toEqual(['b@h1', 'b@h3']);
    await run.finishAll();
    expect(run.ended()).toContain('b@h2 cancelled');
  });
});
