import { globToRegExp } from '../lib/glob.ts';
import type { Play, Playbook, Step } from '../model/playbook.ts';

/** Follows `--start-at` through the steps in order of writing: steps are left out until the named one is met. */
export class StartPoint {
  readonly #matches: ((step: Step, title: string | undefined) => boolean) | undefined;
  #reached: boolean;

  /** @param startAt A step's id or name; a name may hold `*`, `?` and `[...]`. Undefined: nothing is left out. */
  constructor(startAt: string | undefined) {
    this.#reached = startAt === undefined;
    this.#matches = startAt === undefined ? undefined : stepMatcher(startAt);
  }

  /**
   * Whether the step is to run; to be asked once for each step, in order.
   *
   * @param title What the step is called in the plan: in a role `role : name`.
   */
  admits(step: Step, title: string | undefined): boolean {
    if (!this.#reached && this.#matches?.(step, title)) this.#reached = true;
    return this.#reached;
  }

  /** Whether the named step was met. */
  get reached(): boolean {
    return this.#reached;
  }
}

function stepMatcher(startAt: string): (step: Step, title: string | undefined) => boolean {
  const pattern = globToRegExp(startAt);
  const isMeant = (name: string | undefined) =>
    name !== undefined && (name === startAt || pattern.test(name));
  return (step, title) => step.id === startAt || isMeant(step.name) || isMeant(title);
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
