import type { Value } from './value.ts';

/** One step of a change of shared values. */
export type StateChange =
  | { readonly type: 'set' | 'append'; readonly name: string; readonly value: Value }
  | { readonly type: 'increment'; readonly name: string; readonly by: number };

/** A shared value and what it must be for a change to be made. */
export interface StateComparison {
  readonly name: string;
  readonly value: Value;
}

/**
 * What a running step may do with things that all hosts share. A wait takes no fork, has a deadline, and ends with the
 * run. What cannot be done rejects with an error whose message is for people.
 */
export interface StepCoordination {
  /** Makes all changes at once, or none: where a compared value differs. Resolves to whether they were made. */
  changeState(changes: readonly StateChange[], compare: readonly StateComparison[]): Promise<boolean>;
}

/** What templates see of the things that all hosts share. */
export interface SharedValues {
  /** The present value of a declared name of `state`. */
  state(name: string): Value | undefined;
}
