import { describe, expect, it } from 'vitest';
import { startRun } from '../support/controlled-steps.ts';
import { chainPlay, PlanBuilder } from '../support/plan-builder.ts';

const failed = { outcome: 'failed' } as const;

describe('meta', () => {
  it('ends a host without failing it', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    chainPlay(builder, ['a', 'b']);
    chainPlay(builder, ['c']);
    const run = await startRun(builder.build());
    await run.finish('a', 'h1', { meta: 'end_host' });
    await run.finishAll();
    expect(run.ended()).toEqual(['a@h1 ok', 'b@h1 skipped', 'a@h2 ok', 'b@h2 ok', 'c@h1 ok', 'c@h2 ok']);
  });

  it('ends a batch, or the whole play, for all hosts', async () => {
    for (const [meta, second] of [
      ['end_batch', 'ok'],
      ['end_play', 'skipped'],
    ] as const) {
      const builder = new PlanBuilder(['h1', 'h2', 'h3']);
      chainPlay(builder, ['a', 'b'], { play: { batches: [[0, 1], [2]] } });
      chainPlay(builder, ['c']);
      const run = await startRun(builder.build());
      await run.finish('a', 'h1', { meta });
      await run.finishAll();
      expect(run.ended()).toEqual(expect.arrayContaining(['b@h2 skipped', `b@h3 ${second}`, 'c@h3 ok']));
    }
  });

  it('clears host errors, so that failed and unreachable hosts take part in the plays behind', async () => {
    const builder = new PlanBuilder(['h1', 'h2', 'h3']);
    chainPlay(builder, ['a', 'b']);
    chainPlay(builder, ['c']);
    const run = await startRun(builder.build());
    await run.finish('a', 'h1', failed);
    await run.finish('a', 'h2', { outcome: 'unreachable' });
    await run.finish('a', 'h3');
    await run.finish('b', 'h3', { meta: 'clear_host_errors' });
    await run.finishAll();
    expect(run.ended()).toEqual(expect.arrayContaining(['c@h1 ok', 'c@h2 ok', 'c@h3 ok']));
  });
});
