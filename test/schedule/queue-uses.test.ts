import { expect, it } from 'vitest';
import type { PlanStep } from '../../src/model/plan.ts';
import { findQueueUses } from '../../src/schedule/queue-uses.ts';
import { queuePlan } from '../support/queue-run.ts';

it('counts a loop as one that fills a queue while a step that follows its items does so', () => {
  const plan = queuePlan({ producers: 2, consumers: 1, capacity: 1 });
  const fill = plan.steps.find(({ id }) => id === 'fill');
  if (fill === undefined) throw new Error('the plan has no step "fill"');
  const answer: PlanStep = { ...fill, index: plan.steps.length };
  const loop: PlanStep = {
    ...fill,
    action: { type: 'module', module: 'command', written: 'command', params: {}, at: fill.at },
    callbacks: { success: [], failure: [answer.index] },
  };
  const steps = [...plan.steps.map((step) => (step === fill ? loop : step)), answer];
  const loops = plan.nodes.filter((node) => 'step' in node && node.step === fill.index);
  const { byName, ofNode } = findQueueUses({ ...plan, steps });
  expect([...(byName.get('jobs')?.producers ?? [])]).toEqual(loops.map(({ id }) => id));
  expect(loops.map(({ id }) => ofNode.get(id))).toEqual([['jobs'], ['jobs']]);
});
