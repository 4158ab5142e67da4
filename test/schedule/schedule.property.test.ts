import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryCoordinator } from '../../src/coordinate/memory-coordinator.ts';
import type { RunEvent, StepFinished } from '../../src/model/event.ts';
import type { NodeId, Plan } from '../../src/model/plan.ts';
import type { RunStep, StepOutcome } from '../../src/model/step-run.ts';
import type { ScheduleResult } from '../../src/schedule/options.ts';
import { schedule } from '../../src/schedule/schedule.ts';
import { planSpecs, randomPlan } from '../support/random-plan.ts';
import { seeded, seedsDeadlineMs } from '../support/seeds.ts';
import { type VirtualClock, virtualClock } from '../support/virtual-clock.ts';

interface Played {
  readonly plan: Plan;
  readonly events: readonly RunEvent[];
  readonly result: ScheduleResult | undefined;
  readonly most: { forks: number; lock: number };
  readonly left: number;
}

const outcomes: readonly Partial<StepOutcome>[] = [
  { outcome: 'ok' },
  { outcome: 'ok' },
  { outcome: 'ok' },
  { outcome: 'changed', notify: ['handler'] },
  { outcome: 'ok', meta: 'end_host' },
  { outcome: 'skipped' },
  { outcome: 'failed' },
  { outcome: 'failed', ignored: true },
  { outcome: 'unreachable' },
  { outcome: 'unknown' },
];

/** Plays a random plan in virtual time; `draws` decides how long things take and how they end. */
async function play(
  plan: Plan,
  draws: readonly number[],
  interruptAtMs: number | undefined,
): Promise<Played> {
  const clock = virtualClock();
  const coordinator = createMemoryCoordinator({ clock });
  const events: RunEvent[] = [];
  const most = { forks: 0, lock: 0 };
  const interrupt = new AbortController();
  if (interruptAtMs !== undefined) clock.after(interruptAtMs, () => interrupt.abort());
  let result: ScheduleResult | undefined;
  const handlers = new Set(plan.steps.filter((step) => step.section === 'handlers').map((step) => step.play));
  const run = schedule(plan, randomSteps(clock, plan, draws, most, handlers), {
    forks: 2,
    clock,
    coordinator,
    emit: (event) => events.push(event),
    signal: interrupt.signal,
  });
  void run.then((value) => (result = value));
  for (let round = 0; round < 200 && result === undefined; round++) await clock.advance(1_000);
  const { waiting, holding } = coordinator.graph();
  const left = waiting.length + holding.filter((hold) => hold.lost === undefined).length;
  return { plan, events, result, most, left };
}

function randomSteps(
  clock: VirtualClock,
  plan: Plan,
  draws: readonly number[],
  most: { forks: number; lock: number },
  withHandler: ReadonlySet<number>,
): RunStep {
  let draw = 0;
  let forks = 0;
  const locked = new Map<string, number>();
  const next = () => draws[draw++ % Math.max(1, draws.length)] ?? 0;
  const pause = (durationMs: number) => new Promise<void>((resolve) => void clock.after(durationMs, resolve));
  return async (work, control) => {
    const locks = [work.step.keywords, plan.blocks[work.step.block ?? -1]?.keywords];
    const holdsLock = locks.some((one) =>
      one?.limits?.some((use) => use.kind === 'lock' && use.name === 'l'),
    );
    if (holdsLock) locked.set(work.host, (locked.get(work.host) ?? 0) + 1);
    most.lock = Math.max(most.lock, locked.size);
    try {
      if (next() % 2 === 0) await pause(next() % 40);
      await control.fork(async () => {
        forks += 1;
        most.forks = Math.max(most.forks, forks);
        await pause(next() % 40);
        forks -= 1;
      });
    } catch {
      return { outcome: 'cancelled', notify: [] };
    } finally {
      const left = (locked.get(work.host) ?? 0) - 1;
      if (holdsLock && left > 0) locked.set(work.host, left);
      else if (holdsLock) locked.delete(work.host);
    }
    const outcome = outcomes[next() % outcomes.length] ?? {};
    const notify = withHandler.has(work.node.play) ? (outcome.notify ?? []) : [];
    return { outcome: 'ok', ...outcome, notify };
  };
}

function expectOrder({ plan, events }: Played): string[] {
  const wrong: string[] = [];
  const ends = new Map<NodeId, StepFinished>();
  const started = new Set<NodeId>();
  for (const event of events) {
    if (event.type === 'step-finished') {
      if (ends.has(event.node)) wrong.push(`node ${event.node} ended twice`);
      ends.set(event.node, event);
    } else if (event.type === 'step-started') {
      if (started.has(event.node)) wrong.push(`node ${event.node} started twice`);
      started.add(event.node);
      wrong.push(...startedTooEarly(plan, event.node, ends));
    }
  }
  for (const node of started) if (!ends.has(node)) wrong.push(`node ${node} started and did not end`);
  return wrong;
}

function startedTooEarly(plan: Plan, id: NodeId, ends: ReadonlyMap<NodeId, StepFinished>): string[] {
  const wrong: string[] = [];
  for (const edge of plan.nodes[id]?.after ?? []) {
    const source = plan.nodes[edge.from];
    if (source?.kind !== 'instance' && source?.kind !== 'once') continue;
    const end = ends.get(edge.from);
    if (end === undefined) wrong.push(`node ${id} started before ${edge.from} ended`);
    else if (edge.kind === 'ok' && !isGood(end)) wrong.push(`node ${id} started after a bad end`);
  }
  return wrong;
}

function isGood(end: StepFinished): boolean {
  return end.ignored === true || ['ok', 'changed', 'skipped'].includes(end.outcome);
}

const draws = fc.array(fc.nat({ max: 10_000 }), { minLength: 20, maxLength: 60 });
const interrupts = fc.option(fc.nat({ max: 200 }), { nil: undefined, freq: 3 });

describe('the scheduler, over random plans, failures and interrupts', () => {
  it(
    'always ends, in order, within its limits, with everything given back',
    async () => {
      await fc.assert(
        fc.asyncProperty(planSpecs, draws, interrupts, async (spec, list, interruptAtMs) => {
          const played = await play(randomPlan(spec), list, interruptAtMs);
          expect(played.result).toBeDefined();
          expect(expectOrder(played)).toEqual([]);
          expect(played.result?.internalErrors).toEqual([]);
          expect(played.most.forks).toBeLessThanOrEqual(2);
          expect(played.most.lock).toBeLessThanOrEqual(1);
          expect(played.left).toBe(0);
        }),
        seeded(80),
      );
    },
    seedsDeadlineMs(80),
  );

  it(
    'counts every end that it reports, once',
    async () => {
      await fc.assert(
        fc.asyncProperty(planSpecs, draws, async (spec, list) => {
          const { events, result } = await play(randomPlan(spec), list, undefined);
          const finished = events.filter(
            (event) => event.type === 'step-finished' && event.passedOver !== true,
          ).length;
          const counts = Object.values(result?.hosts ?? {});
          const counted = counts.reduce(
            (sum, { changed: _changed, ...rest }) => sum + Object.values(rest).reduce((a, b) => a + b, 0),
            0,
          );
          expect(counted).toBe(finished);
        }),
        seeded(50),
      );
    },
    seedsDeadlineMs(50),
  );
});
