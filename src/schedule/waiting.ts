import { CoordinationError, type WaitOptions } from '../coordinate/coordinator.ts';
import type { Holder } from '../coordinate/operation.ts';
import { formatDuration, parseDurationMs } from '../lib/duration.ts';
import type { Value } from '../model/value.ts';
import type { WaitKind } from '../model/wait.ts';
import type { Active, Awaited, WaitUnderWay } from './active.ts';
import type { RunState } from './run-state.ts';
import { beginWait, endWait } from './waits.ts';

/** How long a wait takes at most where the author gives no limit. */
export const defaultDeadlineMs = 3_600_000;

/** A wait for something that others do. */
export interface Wait extends Awaited {
  readonly host: string;
  /** A duration as the author wrote it; undefined: 1 h, and for an external event without end. */
  readonly timeout: Value | undefined;
}

/**
 * One wait, from the request to its end: what the coordinator is asked with, told to reports and to the watch for stalls
 * once it stands in line. `end` has to be called in any case.
 */
export class Waiting implements WaitOptions, WaitUnderWay {
  readonly kind: WaitKind;
  readonly name: string;
  readonly what: string;
  readonly host: string;
  readonly deadlineMs: number | undefined;
  sinceMs = 0;
  readonly #state: RunState;
  readonly #active: Active;
  #isBegun = false;

  constructor(state: RunState, active: Active, { kind, name, what, host, timeout }: Wait) {
    this.kind = kind;
    this.name = name;
    this.what = what;
    this.host = host;
    const isEndless = timeout === undefined && kind === 'external';
    this.deadlineMs = isEndless ? undefined : (parseDurationMs(timeout) ?? defaultDeadlineMs);
    this.#state = state;
    this.#active = active;
    active.timed = kind === 'external' || timeout !== undefined;
  }

  get holder(): Holder {
    return this.#active.holder;
  }

  onQueued(): void {
    this.#isBegun = true;
    beginWait(this.#state, this.#active, this);
  }

  /** A failure of the wait, in words for people. */
  explain(error: unknown): unknown {
    if (!(error instanceof CoordinationError) || error.failure !== 'timeout') return error;
    const waited = formatDuration(this.deadlineMs ?? 0);
    return new CoordinationError('timeout', `waited ${waited} for ${this.what} (RB403)`);
  }

  end(): void {
    this.#active.timed = false;
    if (this.#isBegun) endWait(this.#state, this.#active, this);
  }
}

/** Waits with a deadline, told to reports and to the watch for stalls. Rejects with a `CoordinationError`. */
export async function waitFor<T>(
  state: RunState,
  active: Active,
  wait: Wait,
  ask: (options: WaitOptions) => Promise<T>,
): Promise<T> {
  const waiting = new Waiting(state, active, wait);
  try {
    return await ask(waiting);
  } catch (error) {
    throw waiting.explain(error);
  } finally {
    waiting.end();
  }
}
