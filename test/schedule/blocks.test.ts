import { describe, expect, it } from 'vitest';
import { blockLabel } from '../../src/model/plan.ts';
import type { Keywords } from '../../src/model/playbook.ts';
import { startRun } from '../support/controlled-steps.ts';
import { blockOn, chainPlay, PlanBuilder, use } from '../support/plan-builder.ts';

const failed = { outcome: 'failed' } as const;

/** A block of two body steps, two rescue steps, one always step, and a step behind; then a second play. */
function plan(
  hosts: readonly string[],
  options: {
    readonly rescue?: boolean;
    readonly always?: boolean;
    readonly keywords?: Keywords;
    readonly stepKeywords?: Keywords;
  } = {},
) {
  const builder = new PlanBuilder(hosts);
  builder.play();
  const start = builder.join('play-start');
  const batch = builder.join('batch-start', [start]);
  const hasRescue = options.rescue !== false;
  const block = builder.block('block', options.keywords, { hasRescue });
  const inside = (id: string, part: 'body' | 'rescue' | 'always') =>
    builder.step(id, options.stepKeywords, { block, part, rescuable: part === 'body' && hasRescue });
  const body = [inside('a', 'body'), inside('b', 'body')];
  const rescue = hasRescue ? [inside('r', 'rescue'), inside('s', 'rescue')] : undefined;
  const always = options.always === false ? undefined : [inside('z', 'always')];
  const behind = builder.step('c', options.stepKeywords);
  const ends = hosts.map((host) => {
    const parts = { body, ...(rescue ? { rescue } : {}), ...(always ? { always } : {}) };
    return builder.on(host, behind, [blockOn(builder, host, block, parts, [batch]).end]);
  });
  const batchEnd = builder.join(
    'batch-end',
    ends.map((id) => [id, 'end']),
  );
  builder.join('play-end', [[batchEnd, 'end']]);
  chainPlay(builder, ['next']);
  return builder.build();
}

describe('blocks', () => {
  it('end without their rescue when the body is ok, and the rescue is in no count', async () => {
    const run = await startRun(plan(['h1']));
    const result = await run.finishAll();
    expect(run.ended()).toEqual(['a@h1 ok', 'b@h1 ok', 'z@h1 ok', 'c@h1 ok', 'next@h1 ok']);
    expect(result.hosts['h1']).toMatchObject({ ok: 5, cancelled: 0, skipped: 0 });
  });

  it('are called by their line where they have no name', () => {
    const at = { file: 'site.yml', line: 7, column: 5, length: 5 };
    const block = { index: 0, play: 0, at, keywords: {}, hasRescue: false };

    expect(blockLabel({ ...block, name: 'deploy', id: 'd' })).toBe('block "deploy"');
    expect(blockLabel({ ...block, id: 'd' })).toBe('block "d"');
    expect(blockLabel(block)).toBe('the block at line 7');
  });

  it('leave a mistake in the playbook to no rescue, and run their always', async () => {
    const run = await startRun(plan(['h1', 'h2']));
    await run.finish('a', 'h1', { ...failed, isMistake: true });
    expect(run.running()).toEqual(['a@h2', 'z@h1']);
    const result = await run.finishAll();
    expect(run.ended()).toEqual(
      expect.arrayContaining(['a@h1 failed', 'z@h1 ok', 'c@h1 cancelled', 'c@h2 ok']),
    );
    expect(result).toMatchObject({ failed: true, outcome: 'failed' });
    expect(result.hosts['h1']).toMatchObject({ ok: 1, failed: 1, rescued: 0 });
  });

  it('run their rescue when the body fails, are told of the failure, and go on', async () => {
    const run = await startRun(plan(['h1']));
    await run.finish('a', 'h1', { ...failed, result: { rc: 3 } });
    expect(run.running()).toEqual(['r@h1']);
    const { failure } = run.step('r', 'h1').work;
    expect([failure?.step.id, failure?.result]).toEqual(['a', { rc: 3 }]);
    const result = await run.finishAll();
    expect(run.ended()).toEqual([
      'a@h1 failed rescued',
      'b@h1 cancelled',
      'r@h1 ok',
      's@h1 ok',
      'z@h1 ok',
      'c@h1 ok',
      'next@h1 ok',
    ]);
    expect(result).toMatchObject({ failed: false, outcome: 'ok' });
    expect(result.hosts['h1']).toMatchObject({ ok: 5, failed: 0, rescued: 1, cancelled: 0 });
  });

  it('fail when the rescue fails, and still run always', async () => {
    const run = await startRun(plan(['h1']));
    await run.finish('a', 'h1', failed);
    await run.finish('r', 'h1', failed);
    expect(run.running()).toEqual(['z@h1']);
    const result = await run.finishAll();
    expect(run.ended().slice(2)).toEqual([
      'r@h1 failed',
      's@h1 cancelled',
      'z@h1 ok',
      'c@h1 cancelled',
      'next@h1 cancelled',
    ]);
    expect(result.failed).toBe(true);
  });

  it('fail when always fails although the body was ok', async () => {
    const run = await startRun(plan(['h1']));
    await run.finish('a', 'h1');
    await run.finish('b', 'h1');
    await run.finish('z', 'h1', failed);
    await run.finishAll();
    expect(run.ended()).toContain('c@h1 cancelled');
  });

  it('run always after a failure without a rescue', async () => {
    const run = await startRun(plan(['h1'], { rescue: false }));
    await run.finish('a', 'h1', failed);
    const result = await run.finishAll();
    expect(run.ended()).toEqual([
      'a@h1 failed',
      'b@h1 cancelled',
      'z@h1 ok',
      'c@h1 cancelled',
      'next@h1 cancelled',
    ]);
    expect(result.hosts['h1']).toMatchObject({ failed: 1, ok: 1, cancelled: 3 });
  });

  it('start no rescue for an unreachable or unknown host, and take no further step on it', async () => {
    for (const outcome of ['unreachable', 'unknown'] as const) {
      const run = await startRun(plan(['h1']));
      await run.finish('a', 'h1', { outcome });
      await run.result;
      expect(run.ended()).toEqual([
        `a@h1 ${outcome}`,
        'b@h1 cancelled',
        'z@h1 cancelled',
        'c@h1 cancelled',
        'next@h1 cancelled',
      ]);
    }
  });

  it('are cancelled whole when what they need failed, always included', async () => {
    const builder = new PlanBuilder(['h1']);
    builder.play();
    const first = builder.on('h1', builder.step('first'));
    const block = builder.block('block', {}, { hasRescue: true });
    const parts = {
      body: [builder.step('a', {}, { block, part: 'body' })],
      rescue: [builder.step('r', {}, { block, part: 'rescue' })],
      always: [builder.step('z', {}, { block, part: 'always' })],
    };
    blockOn(builder, 'h1', block, parts, [first]);
    const run = await startRun(builder.build());
    await run.finish('first', 'h1', failed);
    await run.result;
    expect(run.ended()).toEqual(['first@h1 failed', 'a@h1 cancelled', 'z@h1 cancelled']);
  });

  it('pass a failure of an inner block to the rescue of the outer', async () => {
    const builder = new PlanBuilder(['h1']);
    builder.play();
    const outer = builder.block('outer', {}, { hasRescue: true });
    const inner = builder.block('inner', {}, { parent: outer, part: 'body' });
    const a = builder.step('a', {}, { block: inner, part: 'body' });
    const r = builder.step('r', {}, { block: outer, part: 'rescue' });
    const begin = builder.boundary('begin', outer, 'h1');
    const nested = blockOn(builder, 'h1', inner, { body: [a] }, [begin]);
    const rescue = builder.boundary('rescue', outer, 'h1', [
      [begin, 'ok'],
      [nested.end, 'failed'],
    ]);
    const rescued = builder.on('h1', r, [rescue]);
    const end = builder.boundary('end', outer, 'h1', [
      [begin, 'ok'],
      [nested.end, 'end'],
      [rescued, 'end'],
    ]);
    builder.on('h1', builder.step('c'), [end]);
    const run = await startRun(builder.build());
    await run.finish('a', 'h1', failed);
    expect(run.running()).toEqual(['r@h1']);
    await run.finishAll();
    expect(run.ended()).toEqual(['a@h1 failed rescued', 'r@h1 ok', 'c@h1 ok']);
  });

  it('leave out a block inside a rescue that is not needed', async () => {
    const builder = new PlanBuilder(['h1']);
    builder.play();
    const outer = builder.block('outer', {}, { hasRescue: true });
    const inner = builder.block('inner', {}, { parent: outer, part: 'rescue' });
    const begin = builder.boundary('begin', outer, 'h1');
    const a = builder.on('h1', builder.step('a', {}, { block: outer, part: 'body' }), [begin]);
    const rescue = builder.boundary('rescue', outer, 'h1', [
      [begin, 'ok'],
      [a, 'failed'],
    ]);
    const parts = {
      body: [builder.step('x', {}, { block: inner, part: 'body' })],
      always: [builder.step('y', {}, { block: inner, part: 'always' })],
    };
    const nested = blockOn(builder, 'h1', inner, parts, [rescue]);
    const end = builder.boundary('end', outer, 'h1', [
      [begin, 'ok'],
      [a, 'end'],
      [nested.end, 'end'],
    ]);
    builder.on('h1', builder.step('c'), [end]);
    const run = await startRun(builder.build());
    await run.finishAll();
    expect(run.ended()).toEqual(['a@h1 ok', 'c@h1 ok']);
  });

  it('finish the rescue and always that are owed when a failure elsewhere is fatal', async () => {
    const run = await startRun(plan(['h1', 'h2'], { stepKeywords: { anyErrorsFatal: true } }));
    await run.finish('a', 'h1', failed);
    expect(run.running()).toEqual(['a@h2', 'r@h1']);
    await run.finish('r', 'h1', failed);
    await run.finish('a', 'h2', failed);
    expect(run.running()).toEqual(['z@h1', 'r@h2']);
    await run.finishAll();
    expect(run.ended()).toEqual(
      expect.arrayContaining(['s@h2 ok', 'z@h2 ok', 'c@h2 cancelled', 'next@h2 cancelled']),
    );
  });

  it('whose condition was false before the run are skipped, with all inside', async () => {
    const builder = new PlanBuilder(['h1']);
    builder.play();
    const block = builder.block('block', { limits: [use('lock', 'l')] });
    const a = builder.step('a', {}, { block, part: 'body' });
    const z = builder.step('z', {}, { block, part: 'always' });
    const begin = builder.node({ kind: 'block', part: 'begin', block, host: 0, skip: 'no' });
    const body = builder.on('h1', a, [begin]);
    const always = builder.boundary('always', block, 'h1', [begin, [body, 'end']]);
    const end = builder.boundary('end', block, 'h1', [
      begin,
      [body, 'end'],
      [builder.on('h1', z, [always]), 'end'],
    ]);
    builder.on('h1', builder.step('c'), [end]);
    const run = await startRun(builder.build());
    expect(run.coordinator.graph().holding).toEqual([]);
    await run.finishAll();
    expect(run.ended()).toEqual(['a@h1 skipped', 'z@h1 skipped', 'c@h1 ok']);
  });
});

describe('locks of blocks', () => {
  const locked = { keywords: { limits: [use('lock', 'l')] } };

  it('are held from begin to end, one host at a time', async () => {
    const run = await startRun(plan(['h1', 'h2'], locked));
    expect(run.running()).toEqual(['a@h1']);
    await run.finish('a', 'h1');
    await run.finish('b', 'h1');
    expect(run.running()).toEqual(['z@h1']);
    await run.finish('z', 'h1');
    expect(run.running()).toEqual(['c@h1', 'a@h2']);
    await run.finishAll();
    expect(run.coordinator.graph().holding).toEqual([]);
  });

  it('are given back on every way out', async () => {
    for (const outcome of ['failed', 'unreachable'] as const) {
      const run = await startRun(plan(['h1', 'h2'], { ...locked, rescue: false, always: false }));
      await run.finish('a', 'h1', { outcome });
      expect(run.running()).toEqual(['a@h2']);
      await run.finishAll();
      expect(run.coordinator.graph()).toEqual({ holding: [], waiting: [] });
    }
  });

  it('fail the first step inside when they do not come in time; neither rescue nor always run', async () => {
    const timed = { keywords: { limits: [use('lock', 'l', { timeout: '2s' })] } };
    const run = await startRun(plan(['h1', 'h2'], timed));
    await run.clock.advance(2_000);
    expect(run.ended()).toEqual(['a@h2 failed', 'b@h2 cancelled', 'z@h2 cancelled', 'c@h2 cancelled']);
    expect(run.finished('a', 'h2').msg).toBe('waited 2.0 s for lock "l" (RB403)');
    const result = await run.finishAll();
    expect(result.hosts['h2']).toMatchObject({ failed: 1, rescued: 0 });
  });
});
