import { describe, expect, it } from 'vitest';
import type { JoinEnd } from '../../src/model/step-coordination.ts';
import { type ControlledRun, startRun } from '../support/controlled-steps.ts';
import { PlanBuilder, waitFor } from '../support/plan-builder.ts';
import { settle } from '../support/virtual-clock.ts';

/** Two background steps on h1, and a step that joins both. */
function plan(isTimed = false) {
  const builder = new PlanBuilder(['h1']);
  builder.play();
  const nodes = ['x', 'y'].map((id) => builder.on('h1', builder.step(id, { background: 'wait' })));
  builder.node({ kind: 'instance', step: builder.step('join'), host: 0, joins: { nodes, isTimed } });
  return builder.build();
}

function join(run: ControlledRun, timeoutMs?: number): { end?: JoinEnd; error?: unknown } {
  const known: { end?: JoinEnd; error?: unknown } = {};
  const { control } = run.step('join', 'h1');
  control.join?.(timeoutMs, control.signal).then(
    (end) => (known.end = end),
    (error: unknown) => (known.error = error),
  );
  return known;
}

describe('a join', () => {
  it('ends when all that it names have ended, and knows what failed', async () => {
    const run = await startRun(plan());
    const known = join(run);
    await run.clock.advance(700);
    await run.finish('x', 'h1');
    expect(known.end).toBeUndefined();
    await run.finish('y', 'h1', { outcome: 'failed' });
    expect(known.end).toEqual({ pending: [], failed: ['step "y" on h1, which failed'], waitedMs: 700 });
    await run.finishAll();
  });

  it('tells what it waits for, and gives up when its time is over', async () => {
    const run = await startRun(plan(true));
    const known = join(run, 2_000);
    expect(run.events.filter((event) => event.type === 'step-waiting').map((event) => event.for)).toEqual([
      'step "x" on h1, step "y" on h1',
    ]);
    await run.finish('x', 'h1');
    await run.clock.advance(2_000);
    expect(known.end).toEqual({ pending: ['step "y" on h1'], failed: [], waitedMs: 2_000 });
    await run.finishAll();
  });

  it('that nobody limited waits for an hour', async () => {
    const run = await startRun(plan());
    const known = join(run);
    await run.clock.advance(3_600_000);
    expect(known.end?.pending).toHaveLength(2);
    await run.finishAll();
  });

  it('ends at once when all has ended before', async () => {
    const run = await startRun(plan());
    await run.finish('x', 'h1');
    await run.finish('y', 'h1');
    const known = join(run);
    await settle();
    expect(known.end).toEqual({ pending: [], failed: [], waitedMs: 0 });
    await run.finishAll();
  });

  it('is part of a stall: it fails with what it waits for', async () => {
    const builder = new PlanBuilder(['h1']);
    builder.declarations = {
      ...builder.declarations,
      events: { e: { external: false, at: builder.steps[0]?.at ?? place } },
    };
    builder.play();
    const x = builder.on('h1', builder.step('x', { background: 'wait', wait: [waitFor('e')] }));
    const joins = { nodes: [x], isTimed: false };
    const step = builder.step('join');
    const after = builder.node({ kind: 'instance', step, host: 0, joins });
    builder.on('h1', builder.step('set', { set: [{ event: 'e', after: 'all', at: place }] }), [after]);
    const run = await startRun(builder.build());
    const known = join(run);
    await run.clock.advance(1_000);
    expect(String(known.error)).toContain('step "join" on h1 waits for step "x" on h1');
    await run.finish('join', 'h1', { outcome: 'cancelled' });
    await run.result;
    expect(run.finished('join', 'h1')).toMatchObject({
      outcome: 'failed',
      msg: expect.stringContaining('RB402'),
    });
  });
});

const place = { file: 'play.yml', line: 1, column: 1, length: 1 };
