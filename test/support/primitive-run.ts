import { firstInLine } from '../../src/coordinate/line.ts';
import { createMemoryCoordinator, type MemoryCoordinator } from '../../src/coordinate/memory-coordinator.ts';
import type { Operation } from '../../src/coordinate/operation.ts';
import type { CoordinationState } from '../../src/coordinate/state.ts';
import type { RunEvent } from '../../src/model/event.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { RunStep, StepOutcome, StepWork } from '../../src/model/step-run.ts';
import type { ScheduleResult } from '../../src/schedule/options.ts';
import { schedule } from '../../src/schedule/schedule.ts';
import type { Random } from './seeds.ts';
import { settle, type VirtualClock, virtualClock } from './virtual-clock.ts';

/** A run of random steps, with all that went wrong in it. */
export interface PrimitiveRun {
  readonly events: readonly RunEvent[];
  readonly result: ScheduleResult | undefined;
  readonly coordinator: MemoryCoordinator;
  readonly wrong: readonly string[];
  /** Increments of `count` that were made. */
  readonly increments: number;
  readonly timers: number;
}

const outcomes: readonly [Partial<StepOutcome>, ...Partial<StepOutcome>[]] = [
  { outcome: 'ok' },
  { outcome: 'ok' },
  { outcome: 'ok' },
  { outcome: 'ok' },
  { outcome: 'changed' },
  { outcome: 'skipped' },
  { outcome: 'failed' },
  { outcome: 'failed', ignored: true },
  { outcome: 'unreachable' },
  { outcome: 'unknown' },
];

/** Plays a plan in virtual time, with random durations and ends, and now and then an interrupt or a kill. */
export async function playPrimitive(plan: Plan, random: Random): Promise<PrimitiveRun> {
  const clock = virtualClock();
  const wrong: string[] = [];
  const events: RunEvent[] = [];
  const coordinator = createMemoryCoordinator({
    clock,
    record: (operation) => wrong.push(...check(coordinator.state, operation)),
  });
  const counts = { increments: 0 };
  const stops = random.next(5) === 0 ? { signal: abortAt(clock, random.next(300)) } : {};
  const kill = random.next(12) === 0 ? { killSignal: abortAt(clock, random.next(400)) } : {};
  let result: ScheduleResult | undefined;
  const run = schedule(plan, randomStep(clock, random, wrong, counts), {
    forks: 1 + random.next(3),
    clock,
    coordinator,
    emit: (event) => void events.push(event),
    renderKey: (_key, _step, host) => `k${Number(host.slice(1)) % 2}`,
    ...stops,
    ...kill,
  });
  void run.then((value) => {
    result = value;
  });
  for (let round = 0; round < 200 && result === undefined; round++) await clock.advance(1_000);
  await settle();
  return { events, result, coordinator, wrong, increments: counts.increments, timers: clock.timers };
}

function abortAt(clock: VirtualClock, atMs: number): AbortSignal {
  const controller = new AbortController();
  clock.after(atMs, () => controller.abort());
  return controller.signal;
}

function randomStep(
  clock: VirtualClock,
  random: Random,
  wrong: string[],
  counts: { increments: number },
): RunStep {
  const leased = new Set<string>();
  const sleep = (durationMs: number) => new Promise<void>((resolve) => void clock.after(durationMs, resolve));
  return async (work, control) => {
    const member = memberOf(work);
    if (member !== undefined && leased.has(member)) wrong.push(`${member} is leased twice`);
    if (member !== undefined) leased.add(member);
    try {
      await control.fork(() => sleep(random.next(40)));
      if (random.next(2) === 0) {
        await control.coordination?.changeState([{ type: 'increment', name: 'count', by: 1 }], []);
        counts.increments += 1;
      }
      if (random.next(3) === 0) await sleep(random.next(60));
    } catch {
      return { outcome: 'cancelled', notify: [] };
    } finally {
      if (member !== undefined) leased.delete(member);
    }
    return { outcome: 'ok', notify: [], ...random.pick(outcomes) };
  };
}

function memberOf({ leases }: StepWork): string | undefined {
  const member = leases?.['p'];
  return typeof member === 'string' ? member : undefined;
}

/** What is wrong with the state after an operation. */
function check(state: CoordinationState, operation: Operation): string[] {
  const wrong: string[] = [];
  for (const [name, limit] of state.limits) {
    const held = [...limit.held.values()].reduce((sum, hold) => sum + hold.permits, 0);
    if (held + limit.free !== limit.capacity || limit.free < 0)
      wrong.push(`${name}: ${held} held, ${limit.free} free of ${limit.capacity}`);
    const first = firstInLine(limit.waiters);
    if (first === undefined) continue;
    if (first.value.permits <= limit.free) wrong.push(`${name}: the first in line was not woken`);
    for (const ticket of limit.held.keys())
      if (ticket > first.ticket) wrong.push(`${name}: ${ticket} passed ${first.ticket}`);
  }
  for (const [name, barrier] of state.barriers)
    if (barrier.parties.size > 0 && barrier.arrived.size >= barrier.parties.size)
      wrong.push(`${name}: all have come and wait`);
  if (operation.type === 'event-set' && (state.events.get(operation.event)?.waiters.size ?? 0) > 0)
    wrong.push(`event ${operation.event}: a waiter slept through its set`);
  return wrong;
}
