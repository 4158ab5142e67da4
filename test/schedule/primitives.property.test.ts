import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/model/event.ts';
import type { Plan } from '../../src/model/plan.ts';
import { type Primitive, primitivePlan, primitives } from '../support/primitive-plans.ts';
import { type PrimitiveRun, playPrimitive } from '../support/primitive-run.ts';
import { forEachSeed, seedsDeadlineMs } from '../support/seeds.ts';

const usual = 60;

/** Hosts that went past a barrier before all who could still come had come. */
function passedAlone(plan: Plan, { events }: PrimitiveRun): string[] {
  const gone = new Set<string>();
  const came = plan.steps.map(() => new Set<string>());
  return events.flatMap((event) => {
    if (event.type === 'step-finished' && !isGood(event)) gone.add(event.host);
    const step = 'step' in event ? (event.step ?? -1) : -1;
    if (plan.steps[step]?.keywords.barrier === undefined || !('host' in event)) return [];
    if (event.type !== 'step-waiting' && event.type !== 'step-started') return [];
    came[step]?.add(event.host ?? '');
    const missing = plan.hosts.filter((host) => came[step]?.has(host) !== true && !gone.has(host));
    // The last one comes without a wait: it is told only by its start, which may follow another's.
    const isAlone = event.type === 'step-started' && missing.length > 1;
    return isAlone ? [`step ${step} on ${event.host} did not wait for ${missing.join(', ')}`] : [];
  });
}

function isGood(event: Extract<RunEvent, { type: 'step-finished' }>): boolean {
  return event.ignored === true || ['ok', 'changed', 'skipped'].includes(event.outcome);
}

function endings(plan: Plan, { events }: PrimitiveRun): string[] {
  const ends = new Map<number, number>();
  for (const event of events)
    if (event.type === 'step-finished') ends.set(event.node, (ends.get(event.node) ?? 0) + 1);
  const twice = [...ends].filter(([, count]) => count > 1).map(([node]) => `node ${node} ended twice`);
  const never = events.flatMap((event) =>
    event.type === 'step-started' && !ends.has(event.node) ? [`node ${event.node} never ended`] : [],
  );
  const isOptional = (step: number) => plan.steps[step]?.part === 'rescue';
  const untold = plan.nodes.flatMap((node) =>
    node.kind === 'instance' && !ends.has(node.id) && !isOptional(node.step)
      ? [`node ${node.id} is untold`]
      : [],
  );
  return [...twice, ...never, ...untold];
}

async function check(primitive: Primitive, plan: Plan, run: PrimitiveRun): Promise<void> {
  const { result, wrong, coordinator } = run;
  expect(result, 'the run did not end').toBeDefined();
  expect(wrong).toEqual([]);
  expect(result?.internalErrors).toEqual([]);
  expect(endings(plan, run)).toEqual([]);
  if (result?.interrupted === true) return;
  const { waiting, holding } = coordinator.graph();
  expect(waiting).toEqual([]);
  expect(holding.filter((hold) => hold.lost === undefined)).toEqual([]);
  expect(coordinator.readState('count') ?? 0).toBe(run.increments);
  if (primitive === 'barrier') expect(passedAlone(plan, run)).toEqual([]);
}

describe('random steps with failures, timeouts and interrupts', () => {
  it.each(primitives)(
    'keep every promise of the %s, and always end',
    async (primitive) => {
      await forEachSeed(usual, async (random) => {
        const plan = primitivePlan(primitive, random);
        await check(primitive, plan, await playPrimitive(plan, random));
      });
    },
    seedsDeadlineMs(usual),
  );
});
