import type { Place } from './place.ts';
import type { Value } from './value.ts';

/** Declared names of coordination. */
export interface Declarations {
  readonly events: Readonly<Record<string, { readonly external: boolean; readonly at: Place }>>;
  readonly semaphores: Readonly<
    Record<
      string,
      {
        readonly permits: number;
        readonly scope: Scope;
        readonly onLost?: 'poison' | 'release' | undefined;
        /** A duration as written; default 60 s. */
        readonly lostAfter?: Value | undefined;
        readonly at: Place;
      }
    >
  >;
  readonly locks: Readonly<
    Record<
      string,
      {
        readonly scope: Scope;
        readonly onLost: 'poison' | 'release';
        /** A duration as written; default 60 s. */
        readonly lostAfter?: Value | undefined;
        readonly at: Place;
      }
    >
  >;
  readonly queues: Readonly<
    Record<
      string,
      {
        /** Items that nobody has taken, at most. Undefined: without end, for a queue of dead letters. */
        readonly capacity?: number | undefined;
        /** The queue that gets the items which failed for good. */
        readonly deadLetter?: string | undefined;
        readonly at: Place;
      }
    >
  >;
  /** Pools with their members, in the order in which they are first leased. */
  readonly pools: Readonly<Record<string, { readonly members: readonly Value[]; readonly at: Place }>>;
  /** Shared values with what they are at first; templates of playbook variables, params and `-e`. */
  readonly state: Readonly<Record<string, { readonly value: Value; readonly at: Place }>>;
}

/** How far a lock or semaphore reaches. */
export type Scope = 'run' | 'host' | 'global';
