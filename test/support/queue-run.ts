import { expand } from '../../src/compile/expand.ts';
import { createMemoryCoordinator } from '../../src/coordinate/memory-coordinator.ts';
import type { Operation } from '../../src/coordinate/operation.ts';
import type { RunEvent, StepFinished } from '../../src/model/event.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Consume, Declarations } from '../../src/model/playbook.ts';
import type { RunStep, StepOutcome } from '../../src/model/step-run.ts';
import type { Value } from '../../src/model/value.ts';
import type { ScheduleResult } from '../../src/schedule/options.ts';
import { schedule } from '../../src/schedule/schedule.ts';
import { planOf } from './compile-plan.ts';
import { inventory, place, play, playbook, step } from './playbook-builder.ts';
import { settle, type VirtualClock, virtualClock } from './virtual-clock.ts';

/** A queue that hosts p0, p1, ... fill and hosts c0, c1, ... work off, with a queue for dead letters. */
export interface QueuePlan {
  readonly producers: number;
  readonly consumers: number;
  readonly capacity: number;
  readonly workers?: number;
  readonly retries?: number;
  readonly deadLetters?: boolean;
}

const at = place();

/** `consume:` of the queue `jobs`. */
export function consume(fields: Partial<Consume> = {}): Consume {
  return { queue: 'jobs', as: 'job', workers: 1, retries: 0, at, ...fields };
}

/** Declarations of the queue `jobs`. */
export function queueOf(capacity: number, deadLetters = false): Declarations {
  const jobs = { capacity, at, ...(deadLetters ? { deadLetter: 'dead' } : {}) };
  const queues = deadLetters ? { jobs, dead: { at } } : { jobs };
  return { events: {}, semaphores: {}, locks: {}, pools: {}, state: {}, queues };
}

/** Compiles such a plan: the steps are `fill`, `joined` (on the hosts that fill) and `work`. */
export function queuePlan(spec: QueuePlan): Plan {
  const names = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  const [producers, consumers] = [names('p', spec.producers), names('c', spec.consumers)];
  const { workers = 1, retries = 0, deadLetters = false } = spec;
  const put = step({ id: 'fill', module: 'queue', params: { put: '{{ item }}', to: 'jobs' } });
  const joined = step({ id: 'joined', module: 'queue', params: { join: 'jobs' } });
  const block = step({ name: 'consumer', body: [step('work')], consume: consume({ workers, retries }) });
  const plays = [
    play({ hosts: 'fillers', steps: [put, joined] }),
    play({ hosts: 'workers', needs: [], steps: [block] }),
  ];
  const declarations = queueOf(spec.capacity, deadLetters);
  const hosts = inventory([...producers, ...consumers], { fillers: producers, workers: consumers });
  return planOf({ ...playbook({ plays }), declarations }, hosts);
}

/** How the work on an item goes: at its n-th attempt, after how long. */
export type Work = (
  item: Value,
  attempt: number,
  host: string,
) => { readonly afterMs: number; readonly outcome: StepOutcome['outcome'] };

export interface QueueRun {
  readonly result: ScheduleResult;
  readonly events: readonly RunEvent[];
  /** Items as they were begun, in order. */
  readonly begun: readonly Value[];
  /** When each was begun, in milliseconds. */
  readonly begunMs: readonly number[];
  /** Every operation on queues, in order. */
  readonly operations: readonly Operation[];
  /** The most items that nobody had taken before, at any moment. */
  readonly most: number;
  readonly clock: VirtualClock;
  finished(id: string, host: string): StepFinished;
}

/** Runs a plan of `queuePlan` under a virtual clock to its end: `items` are what each host puts in. */
export async function runQueue(
  plan: Plan,
  items: (host: string) => readonly Value[],
  work: Work,
  interruptMs?: number,
): Promise<QueueRun> {
  const clock = virtualClock();
  const operations: Operation[] = [];
  const begun: Value[] = [];
  const begunMs: number[] = [];
  const events: RunEvent[] = [];
  let most = 0;
  const coordinator = createMemoryCoordinator({
    clock,
    record: (operation) => {
      operations.push(operation);
      const queued = coordinator.state.queues.get('jobs')?.items ?? [];
      most = Math.max(most, queued.filter((item) => item.tries === 0).length);
    },
  });
  const interrupt = new AbortController();
  if (interruptMs !== undefined) clock.after(interruptMs, () => interrupt.abort());
  const attempts = new Map<Value, number>();
  const workOn = async (item: Value, host: string, signal: AbortSignal): Promise<StepOutcome> => {
    begun.push(item);
    begunMs.push(clock.nowMs());
    attempts.set(item, (attempts.get(item) ?? 0) + 1);
    const { afterMs, outcome } = work(item, attempts.get(item) ?? 1, host);
    const aborted = await sleep(clock, afterMs, signal);
    return { outcome: aborted ? 'cancelled' : outcome, notify: [] };
  };
  const runStep: RunStep = async ({ step: planStep, host, locals }, { coordination, signal }) => {
    const wait = { timeout: undefined, signal };
    const acts: Readonly<Record<string, () => Promise<unknown>>> = {
      fill: async () => {
        for (const item of items(host)) await coordination?.put('jobs', item, wait);
      },
      joined: async () => coordination?.joinQueue('jobs', wait),
      close: async () => coordination?.closeQueue('jobs'),
    };
    const act = acts[planStep.id ?? ''];
    if (act === undefined) return workOn(locals?.get('job') ?? null, host, signal);
    try {
      await act();
      return { outcome: 'ok', notify: [] };
    } catch (error) {
      const msg = error instanceof Error ? error.message : String(error);
      return { outcome: signal.aborted ? 'cancelled' : 'failed', msg, notify: [] };
    }
  };
  let result: ScheduleResult | undefined;
  void schedule(plan, runStep, {
    forks: 4,
    coordinator,
    clock,
    emit: (event) => void events.push(event),
    signal: interrupt.signal,
    expandPass: ({ node, item, firstId }) => expand(plan, node, { items: [item], firstId }),
  }).then((one) => {
    result = one;
  });
  for (let second = 0; result === undefined && second < 10_000; second += 10) await clock.advance(10_000);
  await settle();
  if (result === undefined) throw new Error('the run did not end');
  return {
    result,
    events,
    begun,
    begunMs,
    operations,
    most,
    clock,
    finished(id, host) {
      const isIt = (event: RunEvent): event is StepFinished =>
        event.type === 'step-finished' && event.host === host && titleOf(plan, event) === id;
      const found = events.find(isIt);
      if (found === undefined) throw new Error(`${id}@${host} has not ended`);
      return found;
    },
  };
}

function titleOf(plan: Plan, event: StepFinished): string | undefined {
  const found = plan.steps[event.step];
  return found?.id ?? found?.name;
}

function sleep(clock: VirtualClock, durationMs: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = clock.after(durationMs, () => resolve(false));
    const abort = () => {
      stop();
      resolve(true);
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
