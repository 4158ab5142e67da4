import type { Place } from './place.ts';
import type { Value } from './value.ts';

/** One use of a lock, semaphore or pool. */
export interface LimitUse {
  readonly kind: 'lock' | 'semaphore' | 'pool';
  readonly name: string;
  /** One limit per value of this; compile-time values only. */
  readonly key?: string | undefined;
  readonly permits: number;
  readonly timeout?: Value | undefined;
  readonly at: Place;
}

/** One name of `release`: what a step gives back of what a block around it holds. */
export interface LimitRelease {
  /** A lock or semaphore. */
  readonly name: string;
  readonly permits: number;
  readonly at: Place;
}
