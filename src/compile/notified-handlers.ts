import type { PlanStep } from '../model/plan.ts';
import { isTemplate } from './is-template.ts';
import type { MemberList, PlayTree } from './play-tree.ts';
import { bringsSteps } from './runtime-names.ts';

/**
 * Which handlers can have been notified at a flush point. A handler that surely was not gets no node there. A
 * templated name, or a module that brings further steps, may notify any handler.
 */
export class NotifiedHandlers {
  readonly #handlers: readonly PlanStep[];
  readonly #flush: PlanStep | undefined;
  #names = new Set<string>();
  #any = false;
  #brought = false;

  constructor(tree: PlayTree) {
    this.#handlers = tree.handlers;
    this.#flush = tree.flush;
    this.#brought = tree.flush?.flushes === 'all';
  }

  /** Takes note of what a step may notify. */
  add(step: PlanStep): void {
    for (const name of step.keywords.notify ?? []) this.#add(name);
    if (!bringsSteps(step)) return;
    this.#any = true;
    this.#brought = true;
  }

  /** Background steps may still run when a section ends: what they notify runs at the play's last flush. */
  addBackground(tree: PlayTree): void {
    for (const list of [tree.preTasks, tree.steps, tree.postTasks])
      for (const step of backgroundSteps(list, false)) this.add(step);
  }

  /** Those that steps written so far may notify, and that these handlers notify in turn, in order of definition. */
  soFar(): PlanStep[] {
    const due: PlanStep[] = [];
    for (const handler of this.#handlers) {
      if (!this.#isDue(handler)) continue;
      due.push(handler);
      this.add(handler);
    }
    // What was brought stands behind what the play itself has, and may be notified from anywhere.
    return this.#brought && this.#flush !== undefined ? [...due, this.#flush] : due;
  }

  /** As `soFar`; only what the handlers here notify stays for the next section, for those defined before them. */
  atSectionEnd(): PlanStep[] {
    const due = this.soFar();
    this.#names = new Set();
    this.#any = false;
    const position = new Map(this.#handlers.map((handler, index) => [handler, index]));
    for (const handler of due) {
      const earlier = this.#handlers.slice(0, position.get(handler) ?? 0);
      const owed = (handler.keywords.notify ?? []).filter((name) =>
        earlier.some((other) => isTemplate(name) || answersTo(other, name)),
      );
      for (const name of owed) this.#add(name);
    }
    return due;
  }

  #add(name: string): void {
    if (isTemplate(name)) this.#any = true;
    else this.#names.add(name);
  }

  #isDue(handler: PlanStep): boolean {
    if (this.#any) return true;
    if (this.#names.size === 0) return false;
    if (isTemplate(handler.name ?? '') || (handler.keywords.listen ?? []).some(isTemplate)) return true;
    return [...this.#names].some((name) => answersTo(handler, name));
  }
}

function* backgroundSteps(list: MemberList, isInside: boolean): Generator<PlanStep> {
  for (const member of list.members) {
    if (member.type === 'flush') continue;
    const isBackground = isInside || member.background !== undefined;
    if (member.type === 'step') {
      if (isBackground) yield member.step;
    } else {
      for (const part of [member.body, member.rescue, member.always])
        yield* backgroundSteps(part, isBackground);
    }
  }
}

/** Whether a handler runs when `name` is notified: its name, its id, one of its topics, or its name after `role : `. */
export function answersTo(handler: PlanStep, name: string): boolean {
  if (handler.name === name || handler.id === name || handler.keywords.listen?.includes(name)) return true;
  return handler.name?.endsWith(` : ${name}`) === true;
}
