import { expect, it } from 'vitest';
import type { RunEvent } from '../../src/model/event.ts';
import { describeRun } from '../../src/model/run-description.ts';
import { type CriticalPath, criticalPath } from '../../src/report/critical-path.ts';
import { pathText } from '../../src/report/path-text.ts';
import { createRecorder } from '../../src/report/recording.ts';
import { plainStyle } from '../../src/report/reporter.ts';
import { startRun } from '../support/controlled-steps.ts';
import { act, PlanBuilder, use, waitFor } from '../support/plan-builder.ts';

/** Runs a plan under a virtual clock, each step for its time, and finds the path. */
async function pathOf(
  builder: PlanBuilder,
  takesMs: Readonly<Record<string, number>>,
): Promise<CriticalPath> {
  const plan = builder.build();
  const recorder = createRecorder();
  const early: RunEvent[] = [];
  let nowMs: (() => number) | undefined;
  const add = (event: RunEvent) => (nowMs === undefined ? early.push(event) : recorder.add(event, nowMs()));
  recorder.add(describeRun(plan, { runId: 'r', checkMode: false, diffMode: false, atMs: 0 }), 0);
  const run = await startRun(plan, { emit: add });
  for (const event of early) recorder.add(event, 0);
  nowMs = () => run.clock.nowMs();
  const due = new Map<string, number>();
  let open = run.running();
  while (open.length > 0) {
    for (const key of open) if (!due.has(key)) due.set(key, run.clock.nowMs() + (takesMs[key] ?? 0));
    const [next = ''] = [...open].sort((a, b) => (due.get(a) ?? 0) - (due.get(b) ?? 0));
    await run.clock.advance((due.get(next) ?? 0) - run.clock.nowMs());
    const [id = '', host = ''] = next.split('@');
    await run.finish(id, host);
    open = run.running();
  }
  await run.result;
  const recording = recorder.recording();
  const path = recording === undefined ? undefined : criticalPath(recording);
  if (path === undefined) throw new Error('the run has no path');
  return path;
}

const shortly = ({ parts }: CriticalPath) =>
  parts.map(
    ({ label, startMs, endMs, waitedFor }) =>
      `${label} ${startMs}-${endMs}${waitedFor === undefined ? '' : ` (${waitedFor})`}`,
  );

it('leads over the slower of two lanes and the steps behind it; the others have slack', async () => {
  const builder = new PlanBuilder(['h1', 'h2']);
  builder.play();
  const a = builder.step('a');
  const last = builder.step('last');
  const ids = [builder.on('h1', a), builder.on('h2', a)];
  const side = builder.step('side');
  builder.on('h2', side);
  builder.on('h1', last, ids);
  const path = await pathOf(builder, { 'a@h1': 100, 'a@h2': 300, 'last@h1': 50, 'side@h2': 40 });
  expect(shortly(path)).toEqual(['"a" on h2 0-300', '"last" on h1 300-350']);
  expect([...path.slackMs]).toEqual(
    expect.arrayContaining([
      [a, 0],
      [last, 0],
      [side, 310],
    ]),
  );
  expect(path.savings).toEqual([]);
});

it('goes from a wait to the holder that let it through, and tells what one more permit would save', async () => {
  const builder = new PlanBuilder(['h1', 'h2', 'h3']);
  const at = builder.declarations;
  const place = { file: 'play.yml', line: 1, column: 1, length: 1 };
  builder.declarations = { ...at, semaphores: { s: { permits: 1, scope: 'run', at: place } } };
  builder.play();
  const pull = builder.step('pull', { limits: [use('semaphore', 's')] });
  for (const host of builder.hosts) builder.on(host, pull);
  const path = await pathOf(builder, { 'pull@h1': 100, 'pull@h2': 200, 'pull@h3': 300 });
  expect(shortly(path)).toEqual([
    '"pull" on h1 0-100',
    '"pull" on h2 100-300 (semaphore "s")',
    '"pull" on h3 300-600 (semaphore "s")',
  ]);
  // With two permits: h1 and h2 at once, h3 after h1.
  expect(path.savings).toEqual([{ limit: 'semaphore "s"', capacity: 1, savedMs: 200 }]);
  expect(pathText(path, plainStyle)).toContain(
    'one more permit of semaphore "s" (1) would have saved about 200 ms',
  );
});

it('goes from a waiter to the step that set its event', async () => {
  const builder = new PlanBuilder(['h1', 'h2']);
  builder.play();
  builder.on('h1', builder.step('setter', { set: [act('e')] }));
  const early = builder.step('early');
  const waiter = builder.step('waiter', { wait: [waitFor('e')] });
  builder.on('h2', waiter, [builder.on('h2', early)]);
  const path = await pathOf(builder, { 'setter@h1': 500, 'early@h2': 100, 'waiter@h2': 20 });
  expect(shortly(path)).toEqual(['"setter" on h1 0-500', '"waiter" on h2 500-520 (event "e")']);
  expect(path.slackMs.get(early)).toBe(400);
});
