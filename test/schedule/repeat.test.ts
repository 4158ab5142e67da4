import { describe, expect, it } from 'vitest';
import { expand } from '../../src/compile/expand.ts';
import type { PlanNode } from '../../src/model/plan.ts';
import type { Keywords, Repeat, Step } from '../../src/model/playbook.ts';
import type { PassRequest } from '../../src/schedule/options.ts';
import { planOf } from '../support/compile-plan.ts';
import { startRun } from '../support/controlled-steps.ts';
import { act, PlanBuilder, somewhere, waitFor } from '../support/plan-builder.ts';
import { play, playbook, step } from '../support/playbook-builder.ts';

/** A block of one step `x` that is repeated on h1, a step behind it, and one on h2 that waits for the event of x. */
function plan(repeat: Omit<Repeat, 'at'>, keywords: Keywords = {}) {
  const builder = new PlanBuilder(['h1', 'h2']);
  builder.play();
  const block = builder.block('b', { ...keywords, repeat: { ...repeat, at: somewhere } });
  const x = builder.step('x', { set: [act('e')] }, { block, part: 'body' });
  const head = builder.step('head', keywords);
  const node = builder.node({ kind: 'consume', step: head, host: 0, block });
  if (keywords.background === undefined) builder.on('h1', builder.step('behind'), [node]);
  builder.on('h2', builder.step('wait', { wait: [waitFor('e')] }));
  const expandPass = ({ firstId }: PassRequest) => {
    const base = { play: 0, batch: 0, priority: 0, host: 0, pass: firstId };
    const nodes: PlanNode[] = [
      { kind: 'block', part: 'begin', block, id: firstId, after: [], ...base },
      {
        kind: 'instance',
        step: x,
        id: firstId + 1,
        after: [{ from: firstId, kind: 'ok', why: 'block' }],
        ...base,
      },
      {
        kind: 'block',
        part: 'end',
        block,
        id: firstId + 2,
        after: [{ from: firstId + 1, kind: 'end', why: 'block' }],
        ...base,
      },
    ];
    return { nodes, ends: [firstId + 2] };
  };
  return { plan: builder.build(), expandPass };
}

describe('a repeated block', () => {
  it('has as many passes as asked for, no sooner than `every`, and acts at each', async () => {
    const { plan: built, expandPass } = plan({ max: 2, every: 3 });
    const run = await startRun(built, { expandPass });
    await run.finish('x', 'h1');
    expect(run.running()).toEqual(['wait@h2']);
    await run.clock.advance(2_999);
    expect(run.running()).toEqual(['wait@h2']);
    await run.clock.advance(1);
    expect(run.running()).toEqual(['wait@h2', 'x@h1']);
    await run.finish('x', 'h1');
    await run.finishAll();
    expect(run.finished('head', 'h1')).toMatchObject({ outcome: 'ok', msg: '2 passes' });
    expect(run.finished('behind', 'h1').outcome).toBe('ok');
  });

  it('goes on while its condition holds, which is read before each pass', async () => {
    const { plan: built, expandPass } = plan({ while: ['go'] });
    const answers = [true, false];
    const run = await startRun(built, { expandPass, holds: async () => answers.shift() ?? false });
    await run.finish('x', 'h1');
    await run.clock.advance(1);
    await run.finishAll();
    expect(run.finished('head', 'h1').msg).toBe('1 pass');
  });

  it('ends with the first pass that fails, and fails', async () => {
    const { plan: built, expandPass } = plan({ max: 5 });
    const run = await startRun(built, { expandPass });
    await run.finish('x', 'h1', { outcome: 'failed' });
    await run.result;
    expect(run.finished('head', 'h1')).toMatchObject({ outcome: 'failed', msg: 'pass 1 did not end well' });
    expect(run.finished('behind', 'h1').outcome).toBe('cancelled');
  });

  it('that is a daemon is repeated until all else has ended', async () => {
    const { plan: built, expandPass } = plan({}, { background: 'daemon' });
    const run = await startRun(built, { expandPass });
    await run.finish('x', 'h1');
    await run.clock.advance(1);
    expect(run.running()).toEqual(['wait@h2', 'x@h1']);
    await run.finish('wait', 'h2');
    expect(run.step('x', 'h1').control.signal.aborted).toBe(true);
    await run.finish('x', 'h1', { outcome: 'cancelled' });
    const result = await run.result;
    expect(run.finished('head', 'h1').outcome).toBe('ok');
    expect(result.failed).toBe(false);
  });

  it('has one pass where nothing is changed', async () => {
    const { plan: built, expandPass } = plan({}, { background: 'daemon' });
    const run = await startRun(built, { expandPass, singlePass: true });
    await run.finishAll();
    expect(run.finished('head', 'h1').msg).toBe('1 pass');
  });
});

describe('what goes on in the background of a pass', () => {
  const start = (...steps: Step[]) => {
    const rescue = [step('rescued')];
    const block = step({
      id: 'again',
      body: [step({ id: 'beside', background: 'wait' }), ...steps],
      rescue,
      repeat: { max: 2, at: somewhere },
    });
    const built = planOf(playbook({ plays: [play({ steps: [block] })] }));
    const expandPass = ({ node, item, firstId }: PassRequest) =>
      expand(built, node, { items: [item], firstId });
    return startRun(built, { expandPass });
  };

  it('has ended before the next pass begins, and fails its own where nothing takes it up', async () => {
    const run = await start(step('x'));
    await run.finish('x', 'h1');
    expect(run.running()).toEqual(['beside@h1']);
    await run.finish('beside', 'h1');
    await run.clock.advance(1);
    expect(run.running()).toEqual(['beside@h1', 'x@h1']);
    await run.finish('beside', 'h1', { outcome: 'failed' });
    await run.finish('x', 'h1');
    await run.result;
    expect(run.ended().at(-1)).toBe('@h1 failed');
  });

  it('fails the step that joins it, which a rescue may make good', async () => {
    const run = await start(step({ id: 'x', module: 'join', params: { steps: ['beside'] } }));
    for (const _pass of [1, 2]) {
      await run.finish('beside', 'h1', { outcome: 'failed' });
      await run.finish('x', 'h1', { outcome: 'failed' });
      await run.finish('rescued', 'h1');
      await run.clock.advance(1);
    }
    await run.result;
    expect(run.ended().at(-1)).toBe('@h1 ok');
  });
});
