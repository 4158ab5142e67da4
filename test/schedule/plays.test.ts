import { describe, expect, it } from 'vitest';
import { startRun } from '../support/controlled-steps.ts';
import { chainPlay, PlanBuilder } from '../support/plan-builder.ts';

const failed = { outcome: 'failed' } as const;

describe('plays and batches', () => {
  it('starts a play when the one before has ended on all hosts', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    chainPlay(builder, ['a']);
    chainPlay(builder, ['b']);
    const run = await startRun(builder.build());
    await run.finish('a', 'h1');
    expect(run.running()).toEqual(['a@h2']);
    await run.finish('a', 'h2');
    expect(run.running()).toEqual(['b@h1', 'b@h2']);
    expect(run.events.filter((event) => event.type === 'play-started')).toHaveLength(2);
    await run.finishAll();
  });

  it('leaves a failed host out of the plays behind', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    chainPlay(builder, ['a']);
    chainPlay(builder, ['b']);
    chainPlay(builder, ['c']);
    const run = await startRun(builder.build());
    await run.finish('a', 'h1', failed);
    const result = await run.finishAll();
    expect(run.ended()).toEqual([
      'a@h1 failed',
      'a@h2 ok',
      'b@h1 cancelled',
      'b@h2 ok',
      'c@h1 cancelled',
      'c@h2 ok',
    ]);
    expect(run.finished('c', 'h1').msg).toBe('the host failed in an earlier play');
    expect(result).toMatchObject({ failed: true, outcome: 'failed' });
  });

  it('leaves a failed host out of the plays behind one that does not have it', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    chainPlay(builder, ['a']);
    chainPlay(builder, ['b'], { play: { batches: [[1]] } });
    chainPlay(builder, []);
    chainPlay(builder, ['c']);
    const run = await startRun(builder.build());
    await run.finish('a', 'h1', failed);
    await run.finishAll();
    expect(run.ended()).toEqual(['a@h1 failed', 'a@h2 ok', 'b@h2 ok', 'c@h1 cancelled', 'c@h2 ok']);
    expect(run.finished('c', 'h1').msg).toBe('the host failed in an earlier play');
  });

  it('goes on with a failed host in a play that is not ordered behind', async () => {
    const builder = new PlanBuilder(['h1']);
    chainPlay(builder, ['a']);
    chainPlay(builder, ['b', 'c'], { play: { follows: [] } });
    const run = await startRun(builder.build());
    expect(run.running()).toEqual(['a@h1', 'b@h1']);
    await run.finish('a', 'h1', failed);
    await run.finishAll();
    expect(run.ended()).toContain('c@h1 ok');
  });

  it('cancels all plays behind one whose every host failed', async () => {
    const builder = new PlanBuilder(['h1', 'h2', 'h3']);
    chainPlay(builder, ['a'], { play: { batches: [[0, 1]] } });
    chainPlay(builder, ['b'], { play: { batches: [[2]] } });
    chainPlay(builder, ['c'], { play: { batches: [[2]] } });
    const run = await startRun(builder.build());
    await run.finish('a', 'h1', failed);
    await run.finish('a', 'h2', { outcome: 'unreachable' });
    await run.finishAll();
    expect(run.ended().slice(2)).toEqual(['b@h3 cancelled', 'c@h3 cancelled']);
    expect(run.events.filter((event) => event.type === 'play-started')).toHaveLength(1);
  });

  it('starts a play behind one that had no hosts', async () => {
    const builder = new PlanBuilder(['h1']);
    chainPlay(builder, ['a'], { play: { batches: [] } });
    chainPlay(builder, ['b']);
    const run = await startRun(builder.build());
    expect(run.running()).toEqual(['b@h1']);
    await run.finishAll();
  });

  it('stops serial batches at the first whose every host failed', async () => {
    const builder = new PlanBuilder(['h1', 'h2', 'h3']);
    chainPlay(builder, ['a'], { play: { batches: [[0], [1], [2]] } });
    const run = await startRun(builder.build());
    await run.finish('a', 'h1');
    expect(run.running()).toEqual(['a@h2']);
    await run.finish('a', 'h2', failed);
    await run.result;
    expect(run.ended()).toEqual(['a@h1 ok', 'a@h2 failed', 'a@h3 cancelled']);
  });

  it('goes on to the next batch while one host of a batch is good', async () => {
    const builder = new PlanBuilder(['h1', 'h2', 'h3']);
    chainPlay(builder, ['a'], { play: { batches: [[0, 1], [2]] } });
    const run = await startRun(builder.build());
    await run.finish('a', 'h1', failed);
    await run.finish('a', 'h2');
    expect(run.running()).toEqual(['a@h3']);
    await run.finishAll();
  });

  it('stops when more hosts failed than max_fail_percentage allows, not when just as many', async () => {
    for (const [maxFailPercentage, last] of [
      [50, 'a@h3 ok'],
      [49, 'a@h3 cancelled'],
    ] as const) {
      const builder = new PlanBuilder(['h1', 'h2', 'h3']);
      chainPlay(builder, ['a'], { play: { batches: [[0, 1], [2]], maxFailPercentage } });
      const run = await startRun(builder.build());
      await run.finish('a', 'h1', failed);
      await run.finishAll();
      expect(run.ended().at(-1)).toBe(last);
    }
  });

  it('takes no further step on an unreachable or unknown host, in any play', async () => {
    for (const outcome of ['unreachable', 'unknown'] as const) {
      const builder = new PlanBuilder(['h1', 'h2']);
      chainPlay(builder, ['a', 'b']);
      chainPlay(builder, ['c'], { play: { follows: [] } });
      chainPlay(builder, ['d'], { play: { follows: [1] } });
      const run = await startRun(builder.build());
      await run.finish('a', 'h1', { outcome });
      const result = await run.finishAll();
      expect(run.ended()).toEqual(expect.arrayContaining(['b@h1 cancelled', 'c@h1 ok', 'd@h1 cancelled']));
      expect(result[outcome]).toBe(true);
      expect(result.outcome).toBe(outcome);
    }
  });

  it('goes on with a host whose unreachable step was ignored', async () => {
    const builder = new PlanBuilder(['h1']);
    chainPlay(builder, ['a', 'b']);
    const run = await startRun(builder.build());
    await run.finish('a', 'h1', { outcome: 'unreachable', ignored: true });
    const result = await run.finishAll();
    expect(run.ended()).toEqual(['a@h1 unreachable ignored', 'b@h1 ok']);
    expect(result.hosts['h1']).toMatchObject({ ok: 1, unreachable: 0, ignored: 1 });
    expect(result.unreachable).toBe(false);
  });

  it('goes on after an ignored failure, and counts it as ignored', async () => {
    const builder = new PlanBuilder(['h1']);
    chainPlay(builder, ['a', 'b']);
    chainPlay(builder, ['c']);
    const run = await startRun(builder.build());
    await run.finish('a', 'h1', { outcome: 'failed', ignored: true });
    const result = await run.finishAll();
    expect(run.ended()).toEqual(['a@h1 failed ignored', 'b@h1 ok', 'c@h1 ok']);
    expect(result).toMatchObject({ failed: false, outcome: 'ok' });
    expect(result.hosts['h1']).toMatchObject({ ok: 2, failed: 0, ignored: 1 });
  });

  it('gives a step the live hosts of its play and batch', async () => {
    const builder = new PlanBuilder(['h1', 'h2', 'h3']);
    chainPlay(builder, ['a', 'b'], { play: { batches: [[0, 1, 2]] } });
    const run = await startRun(builder.build());
    await run.finish('a', 'h1', failed);
    await run.finish('a', 'h2');
    const { work } = run.step('b', 'h2');
    expect(work.playHosts).toEqual(['h2', 'h3']);
    expect(work.batchHosts).toEqual(['h2', 'h3']);
    expect(work.allPlayHosts).toEqual(['h1', 'h2', 'h3']);
    expect(work.registerFor).toEqual(['h2']);
    await run.finishAll();
  });
});

describe('any_errors_fatal', () => {
  it('lets what runs finish and cancels the rest of the batch and what is behind', async () => {
    const builder = new PlanBuilder(['h1', 'h2', 'h3']);
    const keywords = { a: { anyErrorsFatal: true }, b: { anyErrorsFatal: true } };
    chainPlay(builder, ['a', 'b'], { play: { batches: [[0, 1], [2]] }, keywords });
    chainPlay(builder, ['c']);
    const run = await startRun(builder.build());
    await run.finish('a', 'h1', failed);
    expect(run.running()).toEqual(['a@h2']);
    await run.finish('a', 'h2');
    await run.result;
    expect(run.ended()).toEqual([
      'a@h1 failed',
      'b@h1 cancelled',
      'a@h2 ok',
      'b@h2 cancelled',
      'a@h3 cancelled',
      'b@h3 cancelled',
      'c@h1 cancelled',
      'c@h2 cancelled',
      'c@h3 cancelled',
    ]);
    expect(run.finished('b', 'h2').msg).toContain('step "a" on h1');
  });

  it('takes an unreachable host as a failure, an ignored failure not', async () => {
    for (const [outcome, ignored, expected] of [
      ['unreachable', false, 'b@h2 cancelled'],
      ['failed', true, 'b@h2 ok'],
    ] as const) {
      const builder = new PlanBuilder(['h1', 'h2']);
      chainPlay(builder, ['a', 'b'], { keywords: { a: { anyErrorsFatal: true } } });
      const run = await startRun(builder.build());
      await run.finish('a', 'h1', { outcome, ignored });
      await run.finishAll();
      expect(run.ended()).toContain(expected);
    }
  });
});
