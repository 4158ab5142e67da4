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
  /** Puts an item into a queue; waits while the queue is full. */
  put(queue: string, value: Value, wait: QueueWait): Promise<void>;
  /** Ends the part of the step's host in filling a queue: it puts nothing into it any more. */
  closeQueue(queue: string): Promise<void>;
  /** Waits until every item put so far is done. */
  joinQueue(queue: string, wait: QueueWait): Promise<void>;
}

/** How long a step waits at most. */
export interface QueueWait {
  /** A duration as written; undefined: 1 h. */
  readonly timeout: Value | undefined;
  /** Ends the wait when it is aborted. */
  readonly signal: AbortSignal;
}

/** What templates see of the things that all hosts share. */
export interface SharedValues {
  /** The present value of a declared name of `state`. */
  state(name: string): Value | undefined;
  /** How many items stand in a queue that nobody has taken; undefined where no such queue is declared. */
  queueSize(name: string): number | undefined;
}

/** How the steps that a `join` names stand when it has waited for them, in words. */
export interface JoinEnd {
  /** Those that have not ended. */
  readonly pending: readonly string[];
  /** Those that did not end well, and why. */
  readonly failed: readonly string[];
  readonly waitedMs: number;
}
