import type { Place } from '../model/place.ts';
import type { PlanStep } from '../model/plan.ts';

/** Adds the step that stands for handlers which are known only in the run. */
export function addFlush(
  steps: PlanStep[],
  play: number,
  at: Place,
  flushes: NonNullable<PlanStep['flushes']>,
): PlanStep {
  const step: PlanStep = {
    index: steps.length,
    play,
    name: 'included handlers',
    at,
    section: 'handlers',
    action: { type: 'none' },
    keywords: {},
    layers: [],
    rescuable: false,
    places: {},
    flushes,
  };
  steps.push(step);
  return step;
}
