import { describe, expect, it } from 'vitest';
import { over, startPasses } from '../support/block-runs.ts';
import { one } from '../support/compile-plan.ts';
import type { ControlledRun } from '../support/controlled-steps.ts';
import { step } from '../support/playbook-builder.ts';

const failed = { outcome: 'failed' } as const;
const loop = over('a', 'b', 'c');

/** What ended on a host, with the pass that it stood in; the block's own step left out. */
function rows(run: Pick<ControlledRun, 'events'>, host = 'h1'): readonly string[] {
  return run.events.flatMap((event) => {
    if (event.type !== 'step-finished' || event.host !== host) return [];
    const rescued = event.rescued === true ? ' rescued' : '';
    return event.title.startsWith('command') ? [`${event.title} ${event.outcome}${rescued}`] : [];
  });
}

describe('a looped block', () => {
  it('runs whole for one item after the other, on each host by itself', async () => {
    const block = step({ loop, body: [step('x')], always: [step('y')] });
    const run = await startPasses({ steps: [block, step('after')] });
    expect(run.running()).toEqual(['x@h1', 'x@h2']);
    for (const id of ['x', 'y', 'x', 'y', 'x', 'y']) await run.finish(id, 'h1');
    expect(run.running()).toEqual(['x@h2', 'after@h1']);
    expect((await run.finishAll()).outcome).toBe('ok');
    expect(rows(run)).toEqual([
      ...['a', 'b', 'c'].flatMap((item) => [`command [${item}] ok`, `command [${item}] ok`]),
      'command ok',
    ]);
  });

  it('goes item by item with all hosts of a linear play, also where one has fewer', async () => {
    const items = over('a', 'h1:b', 'c');
    const block = step({ loop: items, body: [step('x'), step('y')] });
    const run = await startPasses({ strategy: 'linear', steps: [block, step('after')] });
    await run.finish('x', 'h1');
    expect(run.running()).toEqual(['x@h2']);
    await run.finish('x', 'h2');
    await run.finish('y', 'h1');
    expect(run.running()).toEqual(['y@h2']);
    await run.finish('y', 'h2');
    expect(run.running()).toEqual(['x@h1', 'x@h2']);
    for (const id of ['x', 'y']) for (const host of ['h1', 'h2']) await run.finish(id, host);
    expect(run.running()).toEqual(['x@h1']);
    expect((await run.finishAll()).outcome).toBe('ok');
  });

  it('stops at the item that fails, and its own rescue takes a failure up for that item alone', async () => {
    const plain = await startPasses(
      { steps: [step({ loop, body: [step('x')] }), step('z')] },
      { hosts: one },
    );
    await plain.finish('x', 'h1');
    await plain.finish('x', 'h1', failed);
    expect((await plain.finishAll()).hosts['h1']).toMatchObject({ failed: 1, cancelled: 1 });
    expect(rows(plain)).toEqual(['command [a] ok', 'command [b] failed', 'command cancelled']);

    const rescued = step({ loop, body: [step('x')], rescue: [step('r')] });
    const run = await startPasses({ steps: [rescued, step('z')] }, { hosts: one });
    await run.finish('x', 'h1');
    await run.finish('x', 'h1', failed);
    for (const id of ['r', 'x', 'z']) await run.finish(id, 'h1');
    expect((await run.result).hosts['h1']).toMatchObject({ failed: 0, rescued: 1 });
    expect(rows(run)).toContain('command [b] failed rescued');
  });

  it('lets the rescue of a block around it take up a failure', async () => {
    const inner = step({ loop, body: [step('x')] });
    const outer = step({ body: [inner], rescue: [step('r')] });
    const run = await startPasses({ steps: [outer, step('z')] }, { hosts: one });
    await run.finish('x', 'h1', failed);
    expect(run.running()).toEqual(['r@h1']);
    expect((await run.finishAll()).failed).toBe(false);
  });

  it('leaves out items for which its condition does not hold, read when the one before has ended', async () => {
    const seen: string[] = [];
    const events: ControlledRun['events'][number][] = [];
    const holds = (work: { readonly locals?: Map<string, unknown> | undefined }) => {
      seen.push(`${String(work.locals?.get('item'))} after ${rows({ events }).length}`);
      return Promise.resolve(work.locals?.get('item') !== 'b');
    };
    const block = step({ loop, when: ['some'], body: [step('x')] });
    const emit = (event: ControlledRun['events'][number]) => void events.push(event);
    const run = await startPasses({ steps: [block] }, { hosts: one, holds, emit });
    await run.finish('x', 'h1');
    expect((await run.finishAll()).outcome).toBe('ok');
    expect(rows(run)).toEqual(['command [a] ok', 'command [c] ok']);
    expect(seen).toEqual(['a after 0', 'b after 1', 'c after 1']);
  });

  it('is skipped where it has no items, and where its condition holds for none', async () => {
    const block = step({ loop: over(), body: [step('x')] });
    const run = await startPasses({ steps: [block, step('z')] }, { hosts: one });
    expect(run.running()).toEqual(['z@h1']);
    expect((await run.finishAll()).hosts['h1']).toMatchObject({ skipped: 1, ok: 1 });

    const never = step({ loop, when: [false], body: [step('x')] });
    const none = await startPasses({ steps: [never] }, { hosts: one, holds: () => Promise.resolve(false) });
    expect((await none.finishAll()).hosts['h1']).toMatchObject({ skipped: 1 });
  });

  it('ends where break_when holds after an item, and waits between items without a fork', async () => {
    const loopControl = { loopVar: 'item', breakWhen: ['enough'], pause: 10 };
    const block = step({ loop, loopControl, body: [step('x')] });
    const holds = (work: { readonly locals?: Map<string, unknown> | undefined }) =>
      Promise.resolve(work.locals?.get('item') === 'b');
    const run = await startPasses({ steps: [block] }, { hosts: one, holds, forks: 1 });
    await run.finish('x', 'h1');
    expect(run.running()).toEqual([]);
    await run.clock.advance(10_000);
    await run.finish('x', 'h1');
    expect((await run.finishAll()).outcome).toBe('ok');
    expect(rows(run)).toEqual(['command [a] ok', 'command [b] ok']);
  });

  it('holds a lock of the block from its first pass to its last', async () => {
    const block = step({ loop: over('a', 'b'), lock: 'l', body: [step('x')] });
    const run = await startPasses({ steps: [block] }, { locks: ['l'] });
    expect(run.running()).toEqual(['x@h1']);
    await run.finish('x', 'h1');
    expect(run.running()).toEqual(['x@h1']);
    await run.finish('x', 'h1');
    expect(run.running()).toEqual(['x@h2']);
    expect((await run.finishAll()).outcome).toBe('ok');
  });

  it('lets its steps set an event in each pass', async () => {
    const setter = step({
      id: 's',
      loop: over('a', 'b'),
      needs: [],
      body: [step({ id: 'x', set: ['e'] }), step('y')],
    });
    const waiter = step({ id: 'w', needs: [], wait: ['e'] });
    const run = await startPasses({ steps: [setter, waiter] }, { hosts: one, events: { e: {} } });
    await run.finish('x', 'h1');
    expect([...run.running()].sort()).toEqual(['w@h1', 'y@h1']);
    expect((await run.finishAll()).outcome).toBe('ok');
  });

  it('begins no further item once the run was interrupted', async () => {
    const stop = new AbortController();
    const run = await startPasses(
      { steps: [step({ loop, body: [step('x')] }), step('z')] },
      { hosts: one, signal: stop.signal },
    );
    stop.abort();
    await run.finish('x', 'h1');
    const result = await run.finishAll();
    expect(result.interrupted).toBe(true);
    expect(rows(run)).toEqual(['command [a] ok', 'command cancelled']);
  });

  it('may lie in another, and in attempts', async () => {
    const inner = step({ loop: over('1', '2'), body: [step('x')] });
    const block = step({ loop: over('a', 'b'), retries: 1, delay: 0, body: [inner] });
    const run = await startPasses({ steps: [block] }, { hosts: one });
    await run.finish('x', 'h1');
    await run.finish('x', 'h1', failed);
    await run.clock.advance(0);
    expect((await run.finishAll()).failed).toBe(false);
    expect(rows(run)).toEqual([
      'command [a, attempt 1 of 2, 1] ok',
      'command [a, attempt 1 of 2, 2] failed rescued',
      'command [a, attempt 2 of 2, 1] ok',
      'command [a, attempt 2 of 2, 2] ok',
      'command [b, attempt 1 of 2, 1] ok',
      'command [b, attempt 1 of 2, 2] ok',
    ]);
  });
});

describe('a block with retries', () => {
  const block = step({
    retries: 2,
    delay: 5,
    backoff: 2,
    body: [step('x'), step('y')],
    rescue: [step('r')],
    always: [step('w')],
  });

  it('is tried again until it does well: what failed before counts as taken up', async () => {
    const run = await startPasses({ steps: [block, step('z')] }, { hosts: one });
    await run.finish('x', 'h1', failed);
    expect(run.running()).toEqual([]);
    await run.clock.advance(5_000);
    for (const id of ['x', 'y', 'w', 'z']) await run.finish(id, 'h1');
    const result = await run.result;
    expect(result.hosts['h1']).toMatchObject({ failed: 0, rescued: 1 });
    const retry = run.events.find((event) => event.type === 'step-progress');
    expect(retry).toMatchObject({ progress: { type: 'retry', attempt: 1, of: 2, msg: 'step "x" failed' } });
  });

  it('goes to its rescue when the last attempt has failed, and to always once', async () => {
    const run = await startPasses({ steps: [block] }, { hosts: one });
    await run.finish('x', 'h1', failed);
    await run.clock.advance(5_000);
    await run.finish('x', 'h1', failed);
    await run.clock.advance(5_000);
    expect(run.running()).toEqual([]);
    await run.clock.advance(5_000);
    await run.finish('x', 'h1', failed);
    expect(run.running()).toEqual(['r@h1']);
    await run.finish('r', 'h1');
    expect(run.running()).toEqual(['w@h1']);
    expect((await run.finishAll()).failed).toBe(false);
  });

  it('fails its host with the last attempt where nothing takes that up', async () => {
    const plain = step({ retries: 1, delay: 0, body: [step('x')] });
    const run = await startPasses({ steps: [plain, step('z')] }, { hosts: one });
    await run.finish('x', 'h1', failed);
    await run.clock.advance(0);
    await run.finish('x', 'h1', failed);
    expect((await run.finishAll()).hosts['h1']).toMatchObject({ failed: 1, rescued: 1, cancelled: 1 });
  });

  it('is not tried again on a host that is lost, or when the run is interrupted meanwhile', async () => {
    const lost = await startPasses({ steps: [block] }, { hosts: one });
    await lost.finish('x', 'h1', { outcome: 'unreachable' });
    expect((await lost.finishAll()).unreachable).toBe(true);

    const stop = new AbortController();
    const run = await startPasses({ steps: [block] }, { hosts: one, signal: stop.signal });
    await run.finish('x', 'h1', failed);
    stop.abort();
    const result = await run.finishAll();
    expect(result.interrupted).toBe(true);
    expect(rows(run).filter((row) => row.startsWith('command [attempt 2'))).toEqual([]);
  });

  it('is tried again by the hosts of a linear play that failed, together, while the others wait behind it', async () => {
    const text = { retries: 1, delay: 0, body: [step('x'), step('y')] };
    const run = await startPasses({ strategy: 'linear', steps: [step(text), step('z')] });
    await run.finish('x', 'h1', failed);
    await run.finish('x', 'h2');
    await run.finish('y', 'h2');
    await run.clock.advance(0);
    expect(run.running()).toEqual(['x@h1']);
    for (const id of ['x', 'y']) await run.finish(id, 'h1');
    expect(run.running()).toEqual(['z@h1', 'z@h2']);
    expect((await run.finishAll()).failed).toBe(false);
  });

  it('has one pass in check mode', async () => {
    const run = await startPasses({ steps: [block] }, { hosts: one, singlePass: true });
    await run.finish('x', 'h1', failed);
    expect(run.running()).toEqual(['r@h1']);
    expect((await run.finishAll()).failed).toBe(false);
  });
});
