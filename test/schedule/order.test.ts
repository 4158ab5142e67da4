import { describe, expect, it } from 'vitest';
import { startRun } from '../support/controlled-steps.ts';
import { chainPlay, PlanBuilder } from '../support/plan-builder.ts';

describe('order on hosts', () => {
  it('runs the steps of a host one after the other, and hosts free of each other', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    chainPlay(builder, ['a', 'b']);
    const run = await startRun(builder.build());
    expect(run.running()).toEqual(['a@h1', 'a@h2']);
    await run.finish('a', 'h2', { outcome: 'changed' });
    expect(run.running()).toEqual(['a@h1', 'b@h2']);
    const result = await run.finishAll();
    expect(result.outcome).toBe('changed');
    expect(result.hosts['h2']).toMatchObject({ ok: 2, changed: 1, failed: 0 });
  });

  it('cancels what needed a failed step, and reports it', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    chainPlay(builder, ['a', 'b', 'c']);
    const run = await startRun(builder.build());
    await run.finish('a', 'h1', { outcome: 'failed', msg: 'no' });
    const result = await run.finishAll();
    expect(run.ended()).toContain('b@h1 cancelled');
    expect(run.ended()).toContain('c@h1 cancelled');
    expect(run.finished('c', 'h1').msg).toBe('it needs step "a" on h1, which failed');
    expect(result.hosts['h1']).toMatchObject({ failed: 1, cancelled: 2 });
    expect(result.hosts['h2']).toMatchObject({ ok: 3 });
  });
});
