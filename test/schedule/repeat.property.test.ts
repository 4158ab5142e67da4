import fc from 'fast-check';
import { expect, it } from 'vitest';
import { expand } from '../../src/compile/expand.ts';
import { createMemoryCoordinator } from '../../src/coordinate/memory-coordinator.ts';
import type { RunEvent } from '../../src/model/event.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { RunStep, StepOutcome } from '../../src/model/step-run.ts';
import type { ScheduleResult } from '../../src/schedule/options.ts';
import { schedule } from '../../src/schedule/schedule.ts';
import { planOf } from '../support/compile-plan.ts';
import { inventory, place, play, playbook, step } from '../support/playbook-builder.ts';
import { seeded, seedsDeadlineMs } from '../support/seeds.ts';
import { settle, type VirtualClock, virtualClock } from '../support/virtual-clock.ts';

const hostNames = ['h1', 'h2', 'h3'];

/**
 * On each host a repeated block of `begin`, a background step `beside`, and `met`. The hosts meet before `met`, or one
 * lock is held by the block as a whole.
 */
function repeatedPlan(isLocked: boolean): Plan {
  const body = [
    step('begin'),
    step({ id: 'beside', background: 'wait' }),
    step(isLocked ? 'met' : { id: 'met', barrier: 'all' }),
  ];
  const lock = isLocked ? { lock: 'l' } : {};
  const block = step({ id: 'again', body, repeat: { while: ['more'], at: place() }, ...lock });
  const book = playbook({ locks: ['l'], plays: [play({ steps: [block, step('behind')] })] });
  return planOf(book, inventory(hostNames));
}

/** Where a host is: passes that it has begun, ended `begin` of, and met in; what runs beside; whether it repeats no more. */
interface Progress {
  begun: number;
  ready: number;
  met: number;
  beside: number;
  over: boolean;
}

const spec = fc.record({
  /** By host: how many passes it makes where all goes well. */
  passes: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 3 }),
  durations: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 12, maxLength: 12 }),
  /** The number of the step, in the order in which they start, that ends otherwise. */
  troubleAt: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
  trouble: fc.constantFrom<StepOutcome['outcome']>('failed', 'unreachable', 'unknown', 'skipped'),
  interruptMs: fc.option(fc.integer({ min: 0, max: 120 }), { nil: undefined }),
  isLocked: fc.boolean(),
});

type Given = typeof spec extends fc.Arbitrary<infer T> ? T : never;

/** Notes that a step starts; what is wrong about that. */
function start(at: ReadonlyMap<string, Progress>, host: string, id: string, isLocked: boolean): string[] {
  const own = progressOf(at, host);
  const others = [...at].filter(([name, { over }]) => name !== host && !over);
  if (id === 'beside') own.beside += 1;
  if (id === 'met') own.met = own.begun;
  if (id === 'met' && !isLocked)
    return others.flatMap(([name, { ready }]) =>
      ready < own.met ? [`${host} met without ${name} in pass ${own.met}`] : [],
    );
  if (id !== 'begin') return [];
  own.begun += 1;
  const crowd = isLocked ? others.filter(([, { begun }]) => begun > 0) : [];
  return [
    ...(own.beside > 0 ? [`${host} begins a pass beside the one before`] : []),
    ...crowd.map(([name]) => `${host} repeats while ${name} does`),
  ];
}

function progressOf(at: ReadonlyMap<string, Progress>, host: string): Progress {
  const own = at.get(host);
  if (own === undefined) throw new Error(`no host ${host}`);
  return own;
}

async function playPasses(given: Given) {
  const clock = virtualClock();
  const plan = repeatedPlan(given.isLocked);
  const coordinator = createMemoryCoordinator({ clock });
  const fresh = () => ({ begun: 0, ready: 0, met: 0, beside: 0, over: false });
  const at = new Map(hostNames.map((name): [string, Progress] => [name, fresh()]));
  const wrong: string[] = [];
  let started = 0;
  const runStep: RunStep = async ({ step: planStep, host }, { signal }) => {
    const id = planStep.id ?? '';
    const own = progressOf(at, host);
    wrong.push(...start(at, host, id, given.isLocked));
    const number = started++;
    await sleep(clock, given.durations[number % 12] ?? 0, signal);
    if (id === 'beside') own.beside -= 1;
    if (id === 'begin') own.ready = own.begun;
    const outcome = number === given.troubleAt ? given.trouble : 'ok';
    return { outcome: signal.aborted ? 'cancelled' : outcome, notify: [] };
  };
  const emit = (event: RunEvent) => {
    if (event.type !== 'step-finished') return;
    const isGood = event.outcome === 'ok' || event.outcome === 'skipped';
    const own = at.get(event.host);
    if (own !== undefined && (!isGood || plan.steps[event.step]?.name === 'again')) own.over = true;
  };
  const interrupt = new AbortController();
  if (given.interruptMs !== undefined) clock.after(given.interruptMs, () => interrupt.abort());
  let result: ScheduleResult | undefined;
  void schedule(plan, runStep, {
    forks: 3,
    coordinator,
    clock,
    emit,
    signal: interrupt.signal,
    holds: async ({ host }) => (at.get(host)?.begun ?? 0) < (given.passes[hostNames.indexOf(host)] ?? 0),
    expandPass: ({ node, item, firstId }) => expand(plan, node, { items: [item], firstId }),
  }).then((one) => {
    result = one;
  });
  for (let round = 0; result === undefined && round < 100; round++) await clock.advance(1_000);
  await settle();
  return { result, wrong, at, coordinator };
}

function sleep(clock: VirtualClock, durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = clock.after(durationMs, resolve);
    const end = () => {
      stop();
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
  });
}

it(
  'meets once per pass with those of that pass, ends what goes on beside it, keeps a lock over all passes, and always ends',
  async () => {
    await fc.assert(
      fc.asyncProperty(spec, async (given) => {
        const { result, wrong, at, coordinator } = await playPasses(given);
        expect(wrong).toEqual([]);
        expect(result?.internalErrors).toEqual([]);
        expect(coordinator.graph()).toEqual({ waiting: [], holding: expect.any(Array) });
        expect(coordinator.state.barriers.size).toBe(0);
        if (given.troubleAt !== undefined || given.interruptMs !== undefined) return;
        expect([...at.values()].map(({ met }) => met)).toEqual(given.passes);
        expect(result?.failed).toBe(false);
        expect(coordinator.graph().holding).toEqual([]);
      }),
      seeded(60),
    );
  },
  seedsDeadlineMs(60),
);
