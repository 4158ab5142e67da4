import { createIncluder } from '../../src/compile/includer.ts';
import type { BlockSeries } from '../../src/model/block-series.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Loop, Play } from '../../src/model/playbook.ts';
import { openPlan } from '../../src/model/run-plan.ts';
import type { StepWork } from '../../src/model/step-run.ts';
import type { Value } from '../../src/model/value.ts';
import type { ScheduleOptions } from '../../src/schedule/options.ts';
import { planOf, two } from './compile-plan.ts';
import { type ControlledRun, startRun } from './controlled-steps.ts';
import { place, play, playbook } from './playbook-builder.ts';

/** A loop over these items. */
export function over(...value: Value[]): Loop {
  return { form: 'loop', value, at: place() };
}

/** A plan to run, and what the scheduler needs to run its blocks with passes. */
export function withPasses(plan: Plan): {
  plan: Plan;
  options: Pick<ScheduleOptions, 'includer' | 'seriesOf'>;
} {
  const open = openPlan(plan);
  const includer = createIncluder(open, { tags: [], skipTags: [] });
  return {
    plan: open,
    options: {
      seriesOf: (work) => Promise.resolve(seriesOf(work)),
      includer: {
        load: () => Promise.reject(new Error('nothing is included')),
        make: (site, included) => includer.include(site, included),
      },
    },
  };
}

/** Starts a play with blocks that run more than once, under a virtual clock. */
export async function startPasses(
  text: Partial<Omit<Play, 'needs'>>,
  more: Partial<Omit<ScheduleOptions, 'clock' | 'coordinator'>> & {
    readonly hosts?: Inventory;
    readonly locks?: readonly string[];
    readonly events?: Readonly<Record<string, object>>;
  } = {},
): Promise<ControlledRun> {
  const { hosts = two, locks = [], events = {}, ...options } = more;
  const made = withPasses(planOf(playbook({ locks, events, plays: [play(text)] }), hosts));
  return startRun(made.plan, { ...made.options, ...options });
}

/** What `loop`, `retries` and the like say, where they hold no template; items that are a mapping are by host. */
function seriesOf({ step: { keywords }, host }: Omit<StepWork, 'node'>): BlockSeries {
  const { loop, loopControl, retries, delay, backoff } = keywords;
  if (loop === undefined)
    return {
      kind: 'attempts',
      retries: Number(retries ?? 3),
      delayMs: Number(delay ?? 5) * 1_000,
      factor: Number(backoff ?? 1),
    };
  const items = Array.isArray(loop.value) ? loop.value.filter((item: Value) => isFor(item, host)) : [];
  if (items.length === 0) return { kind: 'skipped', reason: 'the loop has no items' };
  return {
    kind: 'items',
    items: items.map((item: Value) => ({ variables: { item }, label: String(item) })),
    pauseMs: Number(loopControl?.pause ?? 0) * 1_000,
  };
}

/** `h1:x` is an item of h1 alone. */
function isFor(item: Value, host: string): boolean {
  const [owner, rest] = String(item).split(':');
  return rest === undefined || owner === host;
}
