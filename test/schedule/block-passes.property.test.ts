import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createMemoryCoordinator } from '../../src/coordinate/memory-coordinator.ts';
import type { RunEvent } from '../../src/model/event.ts';
import type { Step } from '../../src/model/playbook.ts';
import type { RunStep, StepOutcome } from '../../src/model/step-run.ts';
import { schedule } from '../../src/schedule/schedule.ts';
import { over, withPasses } from '../support/block-runs.ts';
import { planOf, two } from '../support/compile-plan.ts';
import { place, play, playbook, step } from '../support/playbook-builder.ts';
import { settle, virtualClock } from '../support/virtual-clock.ts';

const outcomes = fc.constantFrom<StepOutcome['outcome']>(
  'ok',
  'ok',
  'ok',
  'changed',
  'skipped',
  'failed',
  'unreachable',
);

const spec = fc.record({
  items: fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 }),
  hasRescue: fc.boolean(),
  hasAlways: fc.boolean(),
  isLinear: fc.boolean(),
  /** How the steps of each host end, in the order in which it reaches them. */
  ends: fc.record({
    h1: fc.array(outcomes, { minLength: 20, maxLength: 20 }),
    h2: fc.array(outcomes, { minLength: 20, maxLength: 20 }),
  }),
});

type Given = typeof spec extends fc.Arbitrary<infer T> ? T : never;

/** The block of one item. */
function block({ hasRescue, hasAlways }: Given, more: Partial<Step['keywords']> = {}): Step {
  return step({
    ...(more as object),
    body: [step('x'), step('y')],
    ...(hasRescue && { rescue: [step('r')] }),
    ...(hasAlways && { always: [step('w')] }),
  });
}

/** What ended on each host, in order, and the counts of the run; the looped block's own row left out. */
async function runOf(given: Given, blocks: readonly Step[]): Promise<unknown> {
  const strategy = given.isLinear ? 'linear' : 'free';
  const { plan, options } = withPasses(
    planOf(playbook({ plays: [play({ strategy, steps: [...blocks, step('z')] })] }), two),
  );
  const clock = virtualClock();
  const events: RunEvent[] = [];
  const left = { h1: [...given.ends.h1], h2: [...given.ends.h2] };
  const runStep: RunStep = ({ host }) => {
    const outcome = left[host as 'h1' | 'h2'].shift() ?? 'ok';
    return Promise.resolve({ outcome, notify: [] });
  };
  const emit = (event: RunEvent) => void events.push(event);
  const coordinator = createMemoryCoordinator({ clock });
  const result = schedule(plan, runStep, { ...options, forks: 5, clock, coordinator, emit });
  await settle();
  const { failed, unreachable, outcome } = await result;
  const rows = (host: string) =>
    events.flatMap((event) => {
      if (event.type !== 'step-finished' || event.host !== host || event.title === 'block') return [];
      const id = plan.steps[event.step]?.id ?? '';
      // A pass that never began has no rows; unrolled, its steps are cancelled.
      return event.outcome === 'cancelled' && id !== 'z'
        ? []
        : [`${id} ${event.outcome} ${event.rescued ?? false}`];
    });
  return { failed, unreachable, outcome, h1: rows('h1'), h2: rows('h2') };
}

it('a looped block does what its passes written one after another do', async () => {
  await fc.assert(
    fc.asyncProperty(spec, async (given) => {
      const looped = await runOf(given, [block(given, { loop: over(...given.items) })]);
      const unrolled = await runOf(
        given,
        given.items.map(() => block(given)),
      );
      expect(looped).toEqual(unrolled);
    }),
    { numRuns: 60 },
  );
});

it('a block with retries does what the block with so many rescues in each other does', async () => {
  await fc.assert(
    fc.asyncProperty(spec, fc.integer({ min: 0, max: 3 }), async (given, retries) => {
      const tried = await runOf(given, [block(given, { retries, delay: 0 })]);
      const nested = (more: number): readonly Step[] =>
        more === 0
          ? [step('x'), step('y')]
          : [step({ body: [step('x'), step('y')], rescue: nested(more - 1) })];
      const whole = block(given);
      const action =
        whole.action.type === 'block' ? { ...whole.action, body: nested(retries) } : whole.action;
      expect(tried).toEqual(await runOf(given, [{ ...whole, action, at: place() }]));
    }),
    { numRuns: 60 },
  );
});
