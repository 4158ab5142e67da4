import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failure } from '../../src/model/diagnostic.ts';
import type { ItemNode } from '../../src/model/plan.ts';
import type { Keywords } from '../../src/model/playbook.ts';
import type { ExpandRequest } from '../../src/schedule/options.ts';
import { startRun } from '../support/controlled-steps.ts';
import { act, PlanBuilder, use, waitFor } from '../support/plan-builder.ts';
import { seeded } from '../support/seeds.ts';

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

/** Each item with one step for success and one for failure, as the compiler makes them. */
const expandWithCallbacks = (success: number, fail: number) => (request: ExpandRequest) => {
  const made = expandTo(2)(request);
  const nodes = made.nodes.flatMap((node, place): ItemNode[] => {
    const id = request.firstId + place * 3;
    const callback = (on: 'success' | 'failure', step: number): ItemNode => ({
      ...node,
      id: id + (on === 'success' ? 1 : 2),
      step,
      after: [{ from: id, kind: 'end', why: 'order' }],
      callback: { on, loop: node.step },
    });
    return [{ ...node, id }, callback('success', success), callback('failure', fail)];
  });
  return { nodes, ends: nodes.map((one) => one.id) };
};

/** A loop with a step for good items and one for failed ones. */
function withCallbacks(keywords: Keywords) {
  const builder = new PlanBuilder(['h1']);
  builder.play();
  const [good, bad] = [builder.step('good'), builder.step('bad')];
  const step = builder.step('loop', keywords, { callbacks: { success: [good], failure: [bad] } });
  const loop = builder.node({ kind: 'items', step, host: 0 });
  builder.on('h1', builder.step('behind'), [loop]);
  return { plan: builder.build(), expand: expandWithCallbacks(good, bad) };
}

describe('steps for each item', () => {
  it('run once an item has ended as they ask, outside its permits, before the loop ends', async () => {
    const { plan: built, expand } = withCallbacks({ parallel: 1, limits: [use('lock', 'l')] });
    const run = await startRun(built, { expand });
    await run.finish('loop#0', 'h1');
    expect([...run.running()].sort()).toEqual(['good#0@h1', 'loop#1@h1']);
    expect(run.step('good#0', 'h1').work.loopStep?.id).toBe('loop');
    await run.finish('loop#1', 'h1', { outcome: 'failed', ignored: true });
    expect(run.running()).toEqual(['good#0@h1', 'bad#1@h1']);
    await run.finish('bad#1', 'h1');
    expect(run.running()).toEqual(['good#0@h1']);
    await run.finishAll();
    expect(run.ended()).toEqual([
      'loop@h1 ok',
      'loop@h1 failed ignored',
      'bad@h1 ok',
      'good@h1 ok',
      'behind@h1 ok',
    ]);
    const settled = run.events.flatMap((event) => (event.type === 'step-settled' ? [event.step] : []));
    expect(settled).toEqual([0, 1, 2, 3]);
  });

  it('fail the loop when they fail, and see what is registered for their item alone', async () => {
    const { plan: built, expand } = withCallbacks({ parallel: 2 });
    const run = await startRun(built, { expand });
    const locals = ['loop#0', 'loop#1'].map((id) => run.step(id, 'h1').work.locals);
    expect(locals[0]).not.toBe(locals[1]);
    await run.finish('loop#0', 'h1');
    expect(run.step('good#0', 'h1').work.locals).toBe(locals[0]);
    await run.finish('good#0', 'h1', { outcome: 'failed' });
    await run.finish('loop#1', 'h1');
    await run.finishAll();
    expect(run.finished('behind', 'h1').outcome).toBe('cancelled');
  });
});

describe('a pool of workers, over random sizes and orders', () => {
  it('is never exceeded, and answers each item once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 12 }),
        fc.infiniteStream(fc.nat()),
        async (parallel, count, choices) => {
          const run = await startRun(plan({ parallel }), { expand: expandTo(count), forks: 20 });
          const done: string[] = [];
          for (let items = itemsOf(run.running()); items.length > 0; items = itemsOf(run.running())) {
            expect(items.length).toBeLessThanOrEqual(parallel);
            const chosen = items[choices.next().value % items.length] ?? '';
            done.push(chosen);
            await run.finish(chosen, 'h1');
          }
          expect([...done].sort()).toEqual(Array.from({ length: count }, (_, n) => `loop#${n}`).sort());
          await run.finishAll();
        },
      ),
      seeded(25),
    );
  });
});

const itemsOf = (running: readonly string[]) =>
  running.filter((one) => one.startsWith('loop#')).map((one) => one.replace('@h1', ''));

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
    expect(run.running()).toEqual(['wait@h2', 'behind@h1']);
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
