import { describe, expect, it } from 'vitest';
import { startRun } from '../support/controlled-steps.ts';
import { chainPlay, PlanBuilder, use } from '../support/plan-builder.ts';

/** Work that lasts until the test ends it. */
function piece(log: string[], name: string) {
  let end: () => void = () => undefined;
  const work = () =>
    new Promise<void>((resolve) => {
      log.push(name);
      end = resolve;
    });
  return { work, end: () => end() };
}

describe('forks', () => {
  it('are as many as asked for, and free again when the work has settled', async () => {
    const builder = new PlanBuilder(['h1', 'h2', 'h3']);
    chainPlay(builder, ['a']);
    const run = await startRun(builder.build(), { forks: 2 });
    const log: string[] = [];
    const pieces = builder.hosts.map((host) => piece(log, host));
    const all = builder.hosts.map((host, index) =>
      run.step('a', host).control.fork(pieces[index]?.work ?? (async () => undefined)),
    );
    expect(log).toEqual(['h1', 'h2']);
    pieces[0]?.end();
    await all[0];
    await run.clock.advance(0);
    expect(log).toEqual(['h1', 'h2', 'h3']);
    for (const one of pieces) one.end();
    await Promise.all(all);
    await run.finishAll();
  });

  it('go to holders of limits first, then the longest remaining path, then open connections', async () => {
    const builder = new PlanBuilder(['h1', 'h2', 'h3', 'h4', 'h5']);
    builder.play();
    const step = builder.step('a');
    builder.on('h1', step, [], 0, 9);
    builder.on('h2', step, [], 0, 1);
    builder.on('h3', step, [], 0, 5);
    builder.on('h4', step, [], 0, 5);
    builder.on('h5', builder.step('a2', { limits: [use('lock', 'l')] }));
    const run = await startRun(builder.build(), { forks: 1, isOpen: (host) => host === 'h4' });
    const log: string[] = [];
    const first = piece(log, 'h1');
    const running = run.step('a', 'h1').control.fork(first.work);
    const others = (['h2', 'h3', 'h4'] as const).map((host) =>
      run.step('a', host).control.fork(async () => log.push(host)),
    );
    others.push(run.step('a2', 'h5').control.fork(async () => log.push('h5')));
    first.end();
    await running;
    await Promise.all(others);
    expect(log).toEqual(['h1', 'h5', 'h4', 'h3', 'h2']);
    await run.finishAll();
  });

  it('are shared by what a step does inside its fork, which lasts until all of it has ended', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    chainPlay(builder, ['a']);
    const run = await startRun(builder.build(), { forks: 1 });
    const { control } = run.step('a', 'h1');
    const log: string[] = [];
    const inner = piece(log, 'inner');
    let nested: Promise<void> | undefined;
    const outer = control.fork(async () => {
      nested = control.fork(inner.work);
    });
    await run.clock.advance(0);
    const other = run.step('a', 'h2').control.fork(async () => log.push('other'));
    await run.clock.advance(0);
    expect(log).toEqual(['inner']);
    inner.end();
    await Promise.all([outer, nested, other]);
    expect(log).toEqual(['inner', 'other']);
    await run.finishAll();
  });

  it('pass on what the work throws, and count as waiting until they come', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    chainPlay(builder, ['a']);
    const run = await startRun(builder.build(), { forks: 1 });
    const first = piece([], 'h1');
    const running = run.step('a', 'h1').control.fork(first.work);
    const failing = run.step('a', 'h2').control.fork(() => Promise.reject(new Error('broken')));
    const caught = failing.catch((error: Error) => error.message);
    await run.clock.advance(400);
    first.end();
    expect(await caught).toBe('broken');
    await running;
    await run.clock.advance(100);
    await run.finishAll();
    expect(run.finished('a', 'h2')).toMatchObject({ waitedMs: 400, durationMs: 100 });
  });
});

describe('a step that breaks its contract', () => {
  it('fails with RB901 when it rejects; the run goes on and is known to be unsound', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    chainPlay(builder, ['a', 'b']);
    const run = await startRun(builder.build());
    await run.step('a', 'h1').reject(new Error('boom'));
    const result = await run.finishAll();
    expect(run.finished('a', 'h1')).toMatchObject({ outcome: 'failed', msg: 'internal error (RB901): boom' });
    expect(run.ended()).toContain('b@h2 ok');
    expect(result.internalErrors).toEqual(['boom']);
  });

  it('tells its progress as it goes', async () => {
    const builder = new PlanBuilder(['h1']);
    chainPlay(builder, ['a']);
    const run = await startRun(builder.build());
    const progress = { type: 'retry', attempt: 1, of: 3, msg: 'not yet' } as const;
    run.step('a', 'h1').control.progress(progress);
    expect(run.events).toContainEqual({ type: 'step-progress', node: 2, step: 0, host: 'h1', progress });
    await run.finishAll();
  });
});
