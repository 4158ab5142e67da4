import type { Keywords } from '../model/playbook.ts';
import type { StepAt } from './active.ts';

/** Where a way through gates and limits leads: for whom, and what is held around it. */
export interface Way {
  readonly keywords: Keywords;
  readonly host: string;
  /** Whose keywords they are. */
  readonly owner: WayOwner;
  readonly heldAround: ReadonlySet<string>;
  /** The step whose turn at the packages of its host is taken last, where it needs one. */
  readonly turn?: StepAt | undefined;
}

/** A step, block or play of the plan, by its index. */
export interface WayOwner {
  readonly kind: 'step' | 'block' | 'play';
  readonly index: number;
}

/** Told once, at once or later, when all is passed or taken (`undefined`), or why not: for people. */
export type Told = (failure: unknown) => void;

/** Whether a step or block has gates or limits of its own. */
export function hasWay(keywords: Keywords): boolean {
  const { wait, limits, throttle, barrier } = keywords;
  return (
    (wait?.length ?? 0) > 0 || (limits?.length ?? 0) > 0 || throttle !== undefined || barrier !== undefined
  );
}

/** Names an owner as `Plan.texts` does. */
export function ownerName({ kind, index }: WayOwner): string {
  return `${kind} ${index}`;
}
