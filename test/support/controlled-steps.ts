import { createMemoryCoordinator, type MemoryCoordinator } from '../../src/coordinate/memory-coordinator.ts';
import type { RunEvent, StepFinished } from '../../src/model/event.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { RunStep, StepControl, StepOutcome, StepWork } from '../../src/model/step-run.ts';
import type { ScheduleOptions, ScheduleResult } from '../../src/schedule/options.ts';
import { schedule } from '../../src/schedule/schedule.ts';
import { settle, type VirtualClock, virtualClock } from './virtual-clock.ts';

/** A step that runs until the test ends it. */
export interface Running {
  readonly work: StepWork;
  readonly control: StepControl;
  finish(outcome?: Partial<StepOutcome>): Promise<void>;
  reject(error: unknown): Promise<void>;
}

/** A run whose steps start and end as the test says. */
export interface ControlledRun {
  readonly clock: VirtualClock;
  readonly coordinator: MemoryCoordinator;
  readonly events: readonly RunEvent[];
  readonly result: Promise<ScheduleResult>;
  /** `step@host` of what runs now, in the order it started. */
  running(): readonly string[];
  /** A running step; fails the test where it does not run. */
  step(id: string, host: string): Running;
  finish(id: string, host: string, outcome?: Partial<StepOutcome>): Promise<void>;
  /** `step@host outcome` of each end so far, in order; `ignored` and `rescued` are added. */
  ended(): readonly string[];
  finished(id: string, host: string): StepFinished;
  /** Ends everything that runs or comes to run, as ok. */
  finishAll(): Promise<ScheduleResult>;
}

/** Starts a plan under a virtual clock. */
export async function startRun(
  plan: Plan,
  options: Partial<Omit<ScheduleOptions, 'clock' | 'coordinator'>> & {
    readonly coordinator?: MemoryCoordinator;
  } = {},
): Promise<ControlledRun> {
  const clock = virtualClock();
  const coordinator = options.coordinator ?? createMemoryCoordinator({ clock });
  const events: RunEvent[] = [];
  const running = new Map<string, Running>();
  const runStep: RunStep = (work, control) =>
    new Promise((resolve, reject) => {
      const key = keyOf(work);
      const finish = async (outcome: Partial<StepOutcome> = {}) => {
        running.delete(key);
        resolve({ outcome: 'ok', notify: [], ...outcome });
        await settle();
      };
      const fail = async (error: unknown) => {
        running.delete(key);
        reject(error);
        await settle();
      };
      running.set(key, { work, control, finish, reject: fail });
    });
  const emit = (event: RunEvent) => {
    // Kept as it is now: who holds what is waited for is read late.
    events.push(event.type === 'step-waiting' ? { ...event, holders: event.holders } : event);
    options.emit?.(event);
  };
  const result = schedule(plan, runStep, { forks: 5, ...options, clock, coordinator, emit });
  await settle();
  const ends = () => events.filter((event) => event.type === 'step-finished');
  const nameOf = (event: StepFinished) => plan.steps[event.step]?.id ?? '';
  const step = (id: string, host: string): Running => {
    const found = running.get(`${id}@${host}`);
    if (found === undefined)
      throw new Error(`${id}@${host} does not run; ${[...running.keys()].join(' ')} do`);
    return found;
  };
  return {
    clock,
    coordinator,
    events,
    result,
    running: () => [...running.keys()],
    step,
    finish: (id, host, outcome) => step(id, host).finish(outcome),
    ended: () =>
      ends().map((event) => {
        const flags = [event.ignored === true ? ' ignored' : '', event.rescued === true ? ' rescued' : ''];
        return `${nameOf(event)}@${event.host} ${event.outcome}${flags.join('')}`;
      }),
    finished(id, host) {
      const found = ends().find((event) => nameOf(event) === id && event.host === host);
      if (found === undefined) throw new Error(`${id}@${host} has not ended`);
      return found;
    },
    async finishAll() {
      await settle();
      for (let one = first(running); one !== undefined; one = first(running)) await one.finish();
      return result;
    },
  };
}

function first(running: ReadonlyMap<string, Running>): Running | undefined {
  return running.values().next().value;
}

function keyOf(work: StepWork): string {
  const item = work.node.kind === 'item' ? `#${work.node.index}` : '';
  return `${work.step.id ?? ''}${item}@${work.host}`;
}
