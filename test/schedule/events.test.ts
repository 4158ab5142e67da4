import { describe, expect, it } from 'vitest';
import { startRun } from '../support/controlled-steps.ts';
import { act, blockOn, PlanBuilder, somewhere, waitFor } from '../support/plan-builder.ts';

const failed = { outcome: 'failed' } as const;

/** A setter on some hosts and a waiter on one more, free of each other. */
function plan(
  setters: readonly string[],
  options: {
    readonly after?: 'all' | 'first';
    readonly external?: boolean;
    readonly timeout?: string;
    readonly onTimeout?: 'continue';
  } = {},
) {
  const builder = new PlanBuilder([...setters, 'w']);
  builder.declarations = {
    ...builder.declarations,
    events: { e: { external: options.external === true, at: somewhere } },
  };
  builder.play();
  const before = builder.step('before');
  const set = builder.step('set', { set: [act('e', options.after)] });
  const timing = options.timeout === undefined ? {} : { timeout: options.timeout };
  const continuing = options.onTimeout === undefined ? {} : { onTimeout: options.onTimeout };
  const wait = builder.step('wait', { wait: [waitFor('e', { ...timing, ...continuing })] });
  if (options.external !== true)
    for (const host of setters) builder.on(host, set, [builder.on(host, before)]);
  builder.on('w', builder.step('behind'), [builder.on('w', wait)]);
  return builder.build();
}

describe('events', () => {
  it('are set when every instance of the setter has ended', async () => {
    const run = await startRun(plan(['h1', 'h2']));
    await run.finish('before', 'h1');
    await run.finish('before', 'h2');
    await run.finish('set', 'h1');
    expect(run.running()).toEqual(['set@h2']);
    await run.finish('set', 'h2', { outcome: 'skipped' });
    expect(run.running()).toEqual(['wait@w']);
    expect(run.events).toContainEqual({
      type: 'step-waiting',
      node: 4,
      step: 2,
      host: 'w',
      who: 'step "wait" on w',
      for: 'event "e"',
      kind: 'event',
      holders: ['step "set"'],
    });
    await run.clock.advance(250);
    await run.finishAll();
    expect(run.finished('wait', 'w')).toMatchObject({ durationMs: 250, waitedMs: 0 });
  });

  it('tell how long a step waited', async () => {
    const run = await startRun(plan(['h1']));
    await run.finish('before', 'h1');
    await run.clock.advance(300);
    await run.finish('set', 'h1');
    await run.clock.advance(50);
    await run.finishAll();
    expect(run.finished('wait', 'w')).toMatchObject({ durationMs: 50, waitedMs: 300 });
  });

  it('with after: first are set by the first good instance', async () => {
    const run = await startRun(plan(['h1', 'h2'], { after: 'first' }));
    await run.finish('before', 'h1', failed);
    await run.finish('before', 'h2');
    await run.finish('set', 'h2', { outcome: 'changed' });
    expect(run.running()).toEqual(['wait@w']);
    await run.finishAll();
  });

  it('are lost when their setter fails: waiters fail at once, naming it', async () => {
    const run = await startRun(plan(['h1', 'h2']));
    await run.finish('before', 'h1');
    await run.finish('set', 'h1', failed);
    expect(run.finished('wait', 'w')).toMatchObject({
      outcome: 'failed',
      msg: 'event "e" was lost (RB401): step "set" on h1 failed',
    });
    expect(run.ended()).toContain('behind@w cancelled');
    const result = await run.finishAll();
    expect(result.failed).toBe(true);
  });

  it('are lost as soon as their setter is bound to be cancelled, naming what failed', async () => {
    const run = await startRun(plan(['h1', 'h2']));
    await run.finish('before', 'h1', failed);
    expect(run.finished('wait', 'w').msg).toBe(
      'event "e" was lost (RB401): step "before" on h1, which failed',
    );
    await run.finishAll();
  });

  it('are lost when every setter was skipped, failed but ignored, or there is none', async () => {
    for (const [end, why] of [
      [{ outcome: 'skipped' }, 'step "set" was skipped'],
      [{ outcome: 'failed', ignored: true }, 'step "set" on h1 failed'],
    ] as const) {
      const run = await startRun(plan(['h1']));
      await run.finish('before', 'h1');
      await run.finish('set', 'h1', end);
      await run.result;
      expect(run.finished('wait', 'w').msg).toBe(`event "e" was lost (RB401): ${why}`);
    }
    const run = await startRun(plan([]));
    await run.result;
    expect(run.finished('wait', 'w').msg).toContain('nothing sets it');
  });

  it('that are set before the run let everybody through', async () => {
    const run = await startRun({ ...plan([]), presetEvents: ['e'] });
    expect(run.running()).toEqual(['wait@w']);
    await run.finishAll();
  });

  it('from outside are waited for without a deadline, with a notice each minute', async () => {
    const run = await startRun(plan([], { external: true }));
    await run.clock.advance(2 * 3_600_000);
    const notices = run.events.filter((event) => event.type === 'notice');
    expect(notices).toHaveLength(120);
    expect(notices[0]?.message).toBe('step "wait" on w still waits for event "e"');
    await run.coordinator.setEvent('e');
    await run.finishAll();
    expect(run.ended()).toEqual(['wait@w ok', 'behind@w ok']);
  });

  it('that do not come in time fail their waiter, or let it go on', async () => {
    const waiting = await startRun(plan(['h1'], { timeout: '5s' }));
    await waiting.clock.advance(5_000);
    expect(waiting.finished('wait', 'w').msg).toBe('waited 5.0 s for event "e" (RB403)');
    await waiting.finishAll();

    const going = await startRun(plan(['h1'], { timeout: '5s', onTimeout: 'continue' }));
    await going.clock.advance(5_000);
    expect(going.running()).toEqual(['before@h1', 'wait@w']);
    await going.finishAll();
  });

  it('have a deadline of an hour when the author gives none', async () => {
    const run = await startRun(plan(['h1']));
    await run.clock.advance(3_599_999);
    expect(run.running()).toEqual(['before@h1']);
    await run.clock.advance(1);
    expect(run.finished('wait', 'w').msg).toBe('waited 1 h 00 m for event "e" (RB403)');
    await run.finishAll();
  });

  it('wake who waits although they are cleared by the same step', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    builder.play();
    builder.on('h1', builder.step('pulse', { set: [act('e')], clear: [act('e')] }));
    builder.on('h2', builder.step('wait', { wait: [waitFor('e')] }));
    const run = await startRun(builder.build());
    await run.finish('pulse', 'h1');
    expect(run.running()).toEqual(['wait@h2']);
    expect(run.coordinator.isEventSet('e')).toBe(false);
    await run.finishAll();
  });

  it('stay passed once passed: gates are latched in list order', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    builder.play();
    builder.on('h1', builder.step('one', { set: [act('e1')] }));
    const two = builder.on('h1', builder.step('two', { clear: [act('e1')] }), [0]);
    builder.on('h1', builder.step('three', { set: [act('e2')] }), [two]);
    builder.on('h2', builder.step('wait', { wait: [waitFor('e1'), waitFor('e2')] }));
    const run = await startRun(builder.build());
    await run.finish('one', 'h1');
    await run.finish('two', 'h1');
    expect(run.coordinator.isEventSet('e1')).toBe(false);
    await run.finish('three', 'h1');
    expect(run.running()).toEqual(['wait@h2']);
    await run.finishAll();
  });

  it('of a block are set when the block has ended well on all hosts', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    builder.play();
    const block = builder.block('b', { set: [act('e')] });
    const a = builder.step('a', {}, { block, part: 'body' });
    blockOn(builder, 'h1', block, { body: [a] });
    builder.on('h2', builder.step('wait', { wait: [waitFor('e')] }));
    const run = await startRun(builder.build());
    await run.finish('a', 'h1');
    expect(run.running()).toEqual(['wait@h2']);
    await run.finishAll();
  });

  it('hold no fork while they are waited for', async () => {
    const run = await startRun(plan(['h1', 'h2']), { forks: 1 });
    const works: string[] = [];
    const forked = run.step('before', 'h1').control.fork(async () => works.push('done'));
    await forked;
    expect(works).toEqual(['done']);
    await run.finishAll();
  });
});
