import type { Place } from '../../model/place.ts';

/**
 * One thing that an actor does on its way and that others may keep from being done. `timed`: the author gave it a
 * timeout, so it ends by itself and proves no deadlock.
 */
export type Operation =
  /** Passes once one of the event's setters has acted. */
  | { readonly kind: 'wait'; readonly event: number; readonly timed: boolean; readonly at: Place }
  /** Passes once every party of the meeting has come. */
  | { readonly kind: 'meet'; readonly meeting: number; readonly timed: boolean; readonly at: Place }
  /** Stands in line for permits, first come, first served, and holds them from then on. */
  | {
      readonly kind: 'take';
      readonly limit: number;
      readonly permits: number;
      readonly timed: boolean;
      readonly at: Place;
    }
  /** Passes once these actors have ended (`join`). */
  | {
      readonly kind: 'await';
      readonly actors: readonly number[];
      readonly timed: boolean;
      readonly at: Place;
    }
  /** Puts items, one after the other; waits while the queue is full. */
  | {
      readonly kind: 'put';
      readonly queue: number;
      readonly items: number;
      readonly timed: boolean;
      readonly at: Place;
    }
  /** Takes the next item and does the actor's region with it; ends the region when the queue is closed and empty. */
  | { readonly kind: 'get'; readonly queue: number; readonly timed: boolean; readonly at: Place }
  /** Passes once every item put so far is done. */
  | { readonly kind: 'drain'; readonly queue: number; readonly timed: boolean; readonly at: Place }
  /** Ends the puts of its own host; never waits. */
  | { readonly kind: 'close'; readonly queue: number; readonly timed: boolean; readonly at: Place };

/** A node of the plan as this analysis sees it. */
export interface Actor {
  readonly id: number;
  /** The step, block or play, as messages name it. */
  readonly title: string;
  /** Index of its host; -1 for a join. */
  readonly host: number;
  /** Actors that must have ended before it starts. */
  readonly after: readonly number[];
  /** What it does in order, before it ends. */
  readonly operations: readonly Operation[];
  /** Whose permits are given back as it ends: its own, or those of the block or play that it closes; -1 for a begin. */
  readonly releases: number;
  /** Permits that it gives back of what the block around it holds (`release`). */
  readonly gives: readonly { readonly owner: number; readonly limit: number; readonly permits: number }[];
  /**
   * For the begin of a block or play that holds something or consumes: all that happens before it gives back, its end
   * included.
   */
  readonly region: readonly number[];
}

/** A lock, semaphore or pool: one for each value of its key, and for each host where its scope is the host. */
export interface Limit {
  readonly name: string;
  /** In words, as in `lock "a" [r1]`. */
  readonly label: string;
  readonly kind: 'lock' | 'semaphore' | 'pool';
  readonly capacity: number;
}

/** Actors that together set an event. */
export interface EventSetter {
  readonly actors: readonly number[];
  /** Whether all must have ended, or one is enough. */
  readonly needs: 'all' | 'one';
}

/** An event. */
export interface SystemEvent {
  readonly name: string;
  /** Any of them sets it. */
  readonly setters: readonly EventSetter[];
  /** Whether something that is not known here may set it, so that nothing is proved about its waiters. */
  readonly open: boolean;
}

/** A queue. */
export interface SystemQueue {
  readonly name: string;
  readonly capacity: number;
  /** Actors that may put. It closes when all of them have ended. */
  readonly putters: readonly number[];
}

/** Everything that holds and waits, over a few hosts that stand for all. */
export interface HoldWaitSystem {
  readonly actors: readonly Actor[];
  readonly limits: readonly Limit[];
  readonly events: readonly SystemEvent[];
  /** Parties of each meeting: the actors that come to it. */
  readonly meetings: readonly (readonly number[])[];
  readonly queues: readonly SystemQueue[];
}
