import type { WaitKind } from './wait.ts';

/** What an instance, block or play does at a moment. */
export interface ActivityLook {
  /** For people: `step "up" on web1`. */
  readonly what: string;
  /** Undefined for a play. */
  readonly host?: string | undefined;
  /** How long it has been at it. */
  readonly runningMs?: number | undefined;
  /** What it waits for, each with who holds it. A step that runs may wait too: for room in a queue, for others. */
  readonly waits: readonly WaitLook[];
}

/** A wait under way. */
export interface WaitLook {
  /** In words: `lock "schema"`, `event "ready"`. */
  readonly what: string;
  readonly kind: WaitKind;
  /** Who holds it or has to do something first, in words; a long list is cut short. */
  readonly holders: readonly string[];
  readonly waitedMs: number;
}

/** A declared event at a moment. */
export interface EventLook {
  readonly name: string;
  readonly external: boolean;
  readonly set: boolean;
  /** How many wait for it. */
  readonly waiting: number;
}

/** A running run at a moment. */
export interface RunLook {
  readonly runId: string;
  readonly playbook: string;
  readonly elapsedMs: number;
  /** Nodes of the DAG that have ended, and all of them so far. */
  readonly ended: number;
  readonly total: number;
  /** In the order in which they started or began to wait. */
  readonly activities: readonly ActivityLook[];
  readonly events: readonly EventLook[];
}
