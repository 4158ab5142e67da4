import { describe, expect, it } from 'vitest';
import { emptyNotifications, notifyHandlers } from '../../src/schedule/notifications.ts';
import { planOf } from '../support/compile-plan.ts';
import { startRun } from '../support/controlled-steps.ts';
import { type After, chainPlay, PlanBuilder } from '../support/plan-builder.ts';
import { play, playbook, step } from '../support/playbook-builder.ts';

const failed = { outcome: 'failed' } as const;
const changed = (...notify: string[]) => ({ outcome: 'changed', notify }) as const;

/** Two steps, a flush of three handlers, a step behind, and a second flush. */
function plan(hosts: readonly string[], forceHandlers = false) {
  const builder = new PlanBuilder(hosts);
  builder.play({ forceHandlers });
  const [a, b] = [builder.step('a'), builder.step('b')];
  const handlers = [
    builder.handler('first'),
    builder.handler('second', { listen: ['topic'] }),
    builder.handler('third', { listen: ['topic'] }),
  ];
  const c = builder.step('c');
  const kind = forceHandlers ? 'end' : 'ok';
  const flush = (host: string, after: readonly After[]) => {
    let last: readonly After[] = after;
    for (const step of handlers)
      last = [[builder.node({ kind: 'handler', step, host: builder.host(host) }, last), kind, 'handlers']];
    return last;
  };
  const ends: After[] = [];
  for (const host of hosts) {
    const body = builder.on(host, b, [builder.on(host, a)]);
    const flushed = flush(host, [[body, kind, 'handlers']]);
    const behind = builder.on(host, c, [
      body,
      ...flushed.map((one): After => (typeof one === 'number' ? one : one[0])),
    ]);
    ends.push(...flush(host, [[behind, kind, 'handlers']]));
  }
  return builder.build();
}

describe('handlers', () => {
  it('whose name is a template are notified by the same template', async () => {
    const builder = new PlanBuilder(['h1']);
    builder.play({});
    const [a, b] = ['a', 'b'].map((name) => builder.step(name, { notify: [`${name} {{ app }}`] }));
    const handler = builder.handler('a {{ app }}');
    if (a === undefined || b === undefined) throw new Error('two steps were made');
    const first = builder.on('h1', a);
    const node = builder.node({ kind: 'handler', step: handler, host: builder.host('h1') }, [
      [first, 'ok', 'handlers'],
    ]);
    builder.on('h1', b, [node]);
    const run = await startRun(builder.build());
    await run.finish('a', 'h1', changed('a shop'));
    expect(run.running()).toEqual(['a {{ app }}@h1']);
    await run.finish('a {{ app }}', 'h1');
    await run.finish('b', 'h1', changed('b shop'));
    await run.finishAll();
    expect(run.ended().at(-1)).toBe('b@h1 failed');
  });

  it('run when notified, once each, in the order of their definition', async () => {
    const run = await startRun(plan(['h1']));
    await run.finish('a', 'h1', changed('third', 'first'));
    await run.finish('b', 'h1', changed('third'));
    expect(run.running()).toEqual(['first@h1']);
    const result = await run.finishAll();
    expect(run.ended()).toEqual(['a@h1 changed', 'b@h1 changed', 'first@h1 ok', 'third@h1 ok', 'c@h1 ok']);
    expect(result.owedHandlers).toEqual({});
    expect(result.hosts['h1']).toMatchObject({ ok: 5, skipped: 0 });
  });

  it.each([
    ['native', 'second'],
    ['ansible', 'first'],
  ] as const)('of one name and one file: in %s plays the %s one runs', (dialect, chosen) => {
    const handlers = [step({ id: 'first', name: 'h' }), step({ id: 'second', name: 'h' })];
    const plan = planOf(playbook({ plays: [play({ dialect, steps: [step({ notify: ['h'] })], handlers })] }));
    const notifications = emptyNotifications(plan);
    expect(notifyHandlers(notifications, 0, 0, ['h', 'nobody'])).toEqual(['nobody']);
    const pending = [...(notifications.pending[0]?.get(0) ?? [])];
    expect(pending.map((index) => plan.steps[index]?.id)).toEqual([chosen]);
  });

  it('that were not notified are in no report, and settle all the same', async () => {
    const run = await startRun(plan(['h1']));
    await run.finishAll();
    expect(run.ended()).toEqual(['a@h1 ok', 'b@h1 ok', 'c@h1 ok']);
    expect(run.events.filter((event) => event.type === 'step-settled')).toHaveLength(6);
  });

  it('are reached by the topics they listen to', async () => {
    const run = await startRun(plan(['h1']));
    await run.finish('a', 'h1', changed('topic'));
    await run.finishAll();
    expect(run.ended()).toEqual(['a@h1 changed', 'b@h1 ok', 'second@h1 ok', 'third@h1 ok', 'c@h1 ok']);
  });

  it('run on the hosts that notified them only', async () => {
    const run = await startRun(plan(['h1', 'h2']));
    await run.finish('a', 'h2', changed('first'));
    await run.finishAll();
    expect(run.ended().filter((end) => end.startsWith('first'))).toEqual(['first@h2 ok']);
  });

  it('notify each other: a later one runs in the same flush, an earlier one in the next', async () => {
    const run = await startRun(plan(['h1']));
    await run.finish('a', 'h1', changed('second'));
    await run.finish('b', 'h1');
    await run.finish('second', 'h1', changed('first', 'third'));
    await run.finishAll();
    expect(run.ended().slice(2)).toEqual(['second@h1 changed', 'third@h1 ok', 'c@h1 ok', 'first@h1 ok']);
  });

  it('of a failed host stay owed, and nothing behind them starts', async () => {
    const run = await startRun(plan(['h1', 'h2']));
    await run.finish('a', 'h1', changed('second', 'first'));
    await run.finish('b', 'h1', failed);
    const result = await run.finishAll();
    expect(run.ended().filter((end) => end.includes('@h1'))).toEqual([
      'a@h1 changed',
      'b@h1 failed',
      'c@h1 cancelled',
    ]);
    expect(result.owedHandlers).toEqual({ h1: ['first', 'second'] });
  });

  it('run on a failed host with force_handlers, and nothing else does', async () => {
    const run = await startRun(plan(['h1'], true));
    await run.finish('a', 'h1', changed('first'));
    await run.finish('b', 'h1', failed);
    expect(run.running()).toEqual(['first@h1']);
    const result = await run.finishAll();
    expect(run.ended()).toEqual(['a@h1 changed', 'b@h1 failed', 'first@h1 ok', 'c@h1 cancelled']);
    expect(result.owedHandlers).toEqual({});
  });

  it('of an unreachable host stay owed even with force_handlers', async () => {
    const run = await startRun(plan(['h1'], true));
    await run.finish('a', 'h1', changed('first'));
    await run.finish('b', 'h1', { outcome: 'unreachable' });
    const result = await run.result;
    expect(result.owedHandlers).toEqual({ h1: ['first'] });
  });

  it('a name that no handler has fails the step that notified it', async () => {
    const run = await startRun(plan(['h1']));
    await run.finish('a', 'h1', changed('nobody'));
    const result = await run.result;
    expect(run.ended()[0]).toBe('a@h1 failed');
    expect(run.finished('a', 'h1').msg).toContain('"nobody"');
    expect(result.failed).toBe(true);
  });

  it('are owed by an interrupted run', async () => {
    const interrupt = new AbortController();
    const run = await startRun(plan(['h1']), { signal: interrupt.signal });
    await run.finish('a', 'h1', changed('first'));
    interrupt.abort();
    await run.finish('b', 'h1');
    const result = await run.result;
    expect(result).toMatchObject({ interrupted: true, owedHandlers: { h1: ['first'] } });
  });

  it('end before the next play starts', async () => {
    const builder = new PlanBuilder(['h1']);
    builder.play();
    const start = builder.join('play-start');
    const a = builder.on('h1', builder.step('a'), [start]);
    const handler = builder.node({ kind: 'handler', step: builder.handler('h'), host: 0 }, [a]);
    builder.join('play-end', [[handler, 'end']]);
    chainPlay(builder, ['b']);
    const run = await startRun(builder.build());
    await run.finish('a', 'h1', changed('h'));
    expect(run.running()).toEqual(['h@h1']);
    await run.finishAll();
  });
});
