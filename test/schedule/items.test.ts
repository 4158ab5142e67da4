import { describe, expect, it } from 'vitest';
import { failure } from '../../src/model/diagnostic.ts';
import type { ItemNode } from '../../src/model/plan.ts';
import type { Keywords } from '../../src/model/playbook.ts';
import type { ExpandRequest } from '../../src/schedule/options.ts';
import { startRun } from '../support/controlled-steps.ts';
import { act, PlanBuilder, use, waitFor } from '../support/plan-builder.ts';

function plan(keywords: Keywords) {
  const builder = new PlanBuilder(['h1', 'h2']);
  builder.play();
  const loop = builder.node({ kind: 'items', step: builder.step('loop', keywords), host: 0 });
  builder.on('h1', builder.step('behind'), [loop]);
  builder.on('h2', builder.step('wait', { wait: [waitFor('e')] }));
  return builder.build();
}

const expandTo = (count: number) => (request: ExpandRequest) => {
  const { node } = request.work;
  const nodes = Array.from(
    { length: count },
    (_, index): ItemNode => ({
      kind: 'item',
      id: request.firstId + index,
      play: node.play,
      batch: node.batch,
      after: [],
      priority: node.priority,
      step: node.step,
      host: node.host,
      parent: node.id,
      index,
      item: `item${index}`,
    }),
  );
  return { nodes, ends: nodes.map((one) => one.id) };
};

describe('parallel loops', () => {
  it('run as many items at a time as asked for, and end with the last', async () => {
    const collected: unknown[] = [];
    const run = await startRun(plan({ parallel: 2, set: [act('e')] }), {
      expand: expandTo(3),
      collect: (work, results) =>
        collected.push(
          work.host,
          results.map((one) => one?.outcome),
        ),
    });
    expect(run.running()).toEqual(['loop#0@h1', 'loop#1@h1']);
    await run.finish('loop#1', 'h1', { outcome: 'changed' });
    expect(run.running()).toEqual(['loop#0@h1', 'loop#2@h1']);
    await run.finish('loop#2', 'h1');
    await run.finish('loop#0', 'h1');
    expect(run.running()).toEqual(['behind@h1', 'wait@h2']);
    expect(collected).toEqual(['h1', ['ok', 'changed', 'ok']]);
    const items = run.events.flatMap((event) => (event.type === 'step-finished' ? [event.item] : []));
    expect(items).toEqual(['item1', 'item2', 'item0']);
    const result = await run.finishAll();
    expect(result.hosts['h1']).toMatchObject({ ok: 4, changed: 1 });
  });

  it('run the other items after one failed, and fail as a whole', async () => {
    const run = await startRun(plan({ parallel: 1, set: [act('e')] }), { expand: expandTo(2) });
    await run.finish('loop#0', 'h1', { outcome: 'failed' });
    expect(run.running()).toEqual(['loop#1@h1']);
    await run.finishAll();
    expect(run.ended()).toContain('behind@h1 cancelled');
    expect(run.finished('wait', 'h2').msg).toContain('step "loop" on h1 failed');
  });

  it('cancel the items that wait when their host is lost', async () => {
    const run = await startRun(plan({ parallel: 1, set: [act('e')] }), { expand: expandTo(3) });
    await run.finish('loop#0', 'h1', { outcome: 'unreachable' });
    await run.result;
    expect(run.ended().filter((end) => end.startsWith('loop'))).toEqual([
      'loop@h1 unreachable',
      'loop@h1 cancelled',
      'loop@h1 cancelled',
    ]);
  });

  it('may be expanded at the same time', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    builder.play();
    const step = builder.step('loop', { parallel: 2 });
    for (const host of [0, 1]) builder.node({ kind: 'items', step, host });
    const run = await startRun(builder.build(), {
      expand: async (request) => {
        await Promise.resolve();
        return expandTo(2)(request);
      },
    });
    expect([...run.running()].sort()).toEqual(['loop#0@h1', 'loop#0@h2', 'loop#1@h1', 'loop#1@h2']);
    await run.finishAll();
    expect(new Set(run.events.flatMap((one) => (one.type === 'step-finished' ? [one.node] : []))).size).toBe(
      4,
    );
  });

  it('take limits for each item', async () => {
    const keywords = { parallel: 3, limits: [use('lock', 'l')], set: [act('e')] };
    const run = await startRun(plan(keywords), { expand: expandTo(2) });
    expect(run.running()).toEqual(['loop#0@h1']);
    await run.finish('loop#0', 'h1');
    expect(run.running()).toEqual(['loop#1@h1']);
    await run.finishAll();
    expect(run.coordinator.graph().holding).toEqual([]);
  });

  it('are skipped without items, and fail where the items can not be made', async () => {
    const empty = await startRun(plan({ parallel: 1, set: [act('e')] }), { expand: expandTo(0) });
    await empty.finishAll();
    expect(empty.ended()).toContain('loop@h1 skipped');

    const broken = await startRun(plan({ parallel: 1, set: [act('e')] }), {
      expand: () => Promise.reject(failure('RB612', '"x" is undefined')),
    });
    await broken.finishAll();
    expect(broken.finished('loop', 'h1')).toMatchObject({ outcome: 'failed', msg: '"x" is undefined' });
  });
});
