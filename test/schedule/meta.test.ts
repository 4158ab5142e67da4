import { describe, expect, it } from 'vitest';
import type { Keywords } from '../../src/model/playbook.ts';
import { startRun } from '../support/controlled-steps.ts';
import { blockOn, chainPlay, PlanBuilder } from '../support/plan-builder.ts';

const failed = { outcome: 'failed' } as const;

/** A block of `a`, with `z` and `y` in its always, and `c` behind it. */
function blockThenStep(hosts: readonly string[], keywords: Keywords = {}) {
  const builder = new PlanBuilder(hosts);
  builder.play();
  const start = builder.join('batch-start', [builder.join('play-start')]);
  const block = builder.block('block', keywords);
  const parts = {
    body: [builder.step('a', keywords, { block, part: 'body' })],
    always: ['z', 'y'].map((id) => builder.step(id, keywords, { block, part: 'always' })),
  };
  const behind = builder.step('c');
  for (const host of hosts) builder.on(host, behind, [blockOn(builder, host, block, parts, [start]).end]);
  return builder.build();
}

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
    const result = await run.result;
    expect(run.ended()).toEqual(expect.arrayContaining(['c@h1 ok', 'c@h2 ok', 'c@h3 ok']));
    expect(result).toMatchObject({ outcome: 'ok', failed: false, unreachable: false });
    expect(result.hosts['h1']).toMatchObject({ failed: 1 });
  });

  it('lets hosts go on behind the block in whose always their errors are cleared', async () => {
    const run = await startRun(blockThenStep(['h1', 'h2'], { anyErrorsFatal: true }));
    await run.finish('a', 'h1', failed);
    await run.finish('a', 'h2');
    await run.finish('z', 'h2', { meta: 'clear_host_errors' });
    await run.finish('z', 'h1');
    await run.finish('y', 'h2');
    await run.finish('y', 'h1');
    expect(run.running()).toEqual(['c@h2', 'c@h1']);
    expect(await run.finishAll()).toMatchObject({ outcome: 'ok', failed: false });
  });

  it('lets a host end behind a block in which it fails after its errors were cleared', async () => {
    const run = await startRun(blockThenStep(['h1']));
    await run.finish('a', 'h1', failed);
    await run.finish('z', 'h1', { meta: 'clear_host_errors' });
    await run.finish('y', 'h1', failed);
    const result = await run.finishAll();
    expect(run.ended()).toContain('c@h1 cancelled');
    expect(result).toMatchObject({ outcome: 'failed', failed: true });
  });
});
