import { listedSteps } from '../model/listed-steps.ts';
import type { Plan, PlanStep } from '../model/plan.ts';

/** The hosts of a play, for `--list-hosts`. */
export interface PlayHostList {
  readonly play: string;
  /** One list for each serial batch. */
  readonly batches: readonly (readonly string[])[];
}

/** A step, for `--list-steps`. */
export interface StepListing {
  readonly title: string;
  readonly id?: string | undefined;
  readonly section: PlanStep['section'];
  readonly tags: readonly string[];
}

/** The selected steps of a play in order of writing; handlers last. */
export interface PlayStepList {
  readonly play: string;
  readonly steps: readonly StepListing[];
}

/** The tags of a play's selected steps, sorted. */
export interface PlayTagList {
  readonly play: string;
  readonly tags: readonly string[];
}

/** The hosts that each play runs on. */
export function listHosts(plan: Plan): PlayHostList[] {
  return plan.plays.map(({ name, batches }) => ({
    play: name,
    batches: batches.map((batch) => batch.map((host) => plan.hosts[host] ?? '')),
  }));
}

/** The steps that each play runs. */
export function listSteps(plan: Plan): PlayStepList[] {
  const sections: readonly PlanStep['section'][] = ['facts', 'pre_tasks', 'steps', 'post_tasks', 'handlers'];
  return plan.plays.map(({ index, name }) => ({
    play: name,
    steps: sections.flatMap((section) =>
      plan.steps
        .filter((step) => step.play === index && step.section === section)
        .flatMap((step) => listedSteps(step).map((one) => ({ ...one, section }))),
    ),
  }));
}

/** The tags that the steps of each play bear, handlers left out. */
export function listTags(plan: Plan): PlayTagList[] {
  return listSteps(plan).map(({ play, steps }) => {
    const written = steps.filter((step) => step.section !== 'handlers' && step.section !== 'facts');
    return { play, tags: [...new Set(written.flatMap((step) => step.tags))].sort() };
  });
}
