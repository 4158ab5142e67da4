import { globToRegExp } from '../lib/glob.ts';
import type { Play, Playbook, Step } from '../model/playbook.ts';

/** Follows `--start-at` through the steps in order of writing: steps are left out until the named one is met. */
export class StartPoint {
  readonly #matches: ((step: Step) => boolean) | undefined;
  #reached: boolean;

  /** @param startAt A step's id or name; a name may hold `*`, `?` and `[...]`. Undefined: nothing is left out. */
  constructor(startAt: string | undefined) {
    this.#reached = startAt === undefined;
    this.#matches = startAt === undefined ? undefined : stepMatcher(startAt);
  }

  /** Whether the step is to run; to be asked once for each step, in order. */
  admits(step: Step): boolean {
    if (!this.#reached && this.#matches?.(step)) this.#reached = true;
    return this.#reached;
  }

  /** Whether the named step was met. */
  get reached(): boolean {
    return this.#reached;
  }
}

function stepMatcher(startAt: string): (step: Step) => boolean {
  const pattern = globToRegExp(startAt);
  return (step) =>
    step.id === startAt || (step.name !== undefined && (step.name === startAt || pattern.test(step.name)));
}

/** Ids and names of all steps of a playbook, for a did-you-mean. */
export function stepNames(playbook: Playbook): string[] {
  const names: string[] = [];
  for (const play of playbook.plays) for (const list of listsOf(play)) collect(list, names);
  return names;
}

function listsOf(play: Play): (readonly Step[])[] {
  return [play.preTasks, play.steps, play.postTasks];
}

function collect(steps: readonly Step[], names: string[]): void {
  for (const step of steps) {
    if (step.id !== undefined) names.push(step.id);
    if (step.name !== undefined) names.push(step.name);
    if (step.action.type !== 'block') continue;
    for (const list of [step.action.body, step.action.rescue, step.action.always]) collect(list, names);
  }
}
