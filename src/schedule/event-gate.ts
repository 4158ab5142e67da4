import { CoordinationError, type Waiter } from '../coordinate/coordinator.ts';
import { plannedText } from '../model/plan.ts';
import type { EventWait } from '../model/playbook.ts';
import { type Active, stopOf } from './active.ts';
import { markLoss } from './event-loss.ts';
import { noticeExternalWait } from './external-waits.ts';
import type { RunState } from './run-state.ts';
import type { Continued } from './turns.ts';
import { Waiting } from './waiting.ts';
import { ownerName, type Told, type Way } from './way.ts';

const noWaits: readonly EventWait[] = [];

/** Waits for the events of `wait` in list order, each latched once passed, from the `next` one on. */
export function passEvents(state: RunState, active: Active, way: Way, passed: Told, next = 0): void {
  const { coordinator } = state.options;
  const waits = way.keywords.wait ?? noWaits;
  for (let index = next; index < waits.length; index++) {
    const wait = waits[index];
    if (wait === undefined || coordinator.isEventSet(wait.event)) continue;
    standAt(state, active, way, wait, (failure) => {
      if (failure === undefined) passEvents(state, active, way, passed, index + 1);
      else passed(failure);
    });
    return;
  }
  passed(undefined);
}

function standAt(state: RunState, active: Active, way: Way, wait: EventWait, passed: Told): void {
  const loss = markLoss(state, wait.event);
  const gate = new EventGate(state, active, way, wait, passed);
  if (loss === undefined) gate.ask();
  else loss.then(() => gate.ask(), passed);
}

/** One wait for an event, without a promise: the request, what reports are told of, and what goes on once it is set. */
class EventGate extends Waiting implements Waiter<void>, Continued {
  readonly #state: RunState;
  readonly #active: Active;
  readonly #onTimeout: EventWait['onTimeout'];
  readonly #passed: Told;
  #failure: unknown;
  #stopNotices: (() => void) | undefined;

  constructor(state: RunState, active: Active, { host, owner }: Way, wait: EventWait, passed: Told) {
    const { event, timeout } = wait;
    const kind = state.plan.declarations.events[event]?.external === true ? 'external' : 'event';
    const limit =
      typeof timeout === 'string' ? plannedText(state.plan, ownerName(owner), timeout, host) : timeout;
    super(state, active, { kind, name: event, what: `event "${event}"`, host, timeout: limit });
    this.#state = state;
    this.#active = active;
    this.#onTimeout = wait.onTimeout;
    this.#passed = passed;
  }

  ask(): void {
    if (this.kind === 'external')
      this.#stopNotices = noticeExternalWait(this.#state, this.name, this.holder.label);
    this.#state.options.coordinator.waitEventAs(this.name, this, stopOf(this.#active));
  }

  granted(): void {
    this.#state.turns.add(this);
  }

  refused(error: Error): void {
    this.#failure = error;
    this.#state.turns.add(this);
  }

  goOn(): void {
    this.#stopNotices?.();
    this.end();
    try {
      this.#passed(this.#isOver() ? undefined : this.#failure && this.explain(this.#failure));
    } catch (error) {
      this.#passed(error);
    }
  }

  #isOver(): boolean {
    const isTimeout = this.#failure instanceof CoordinationError && this.#failure.failure === 'timeout';
    return isTimeout && this.#onTimeout === 'continue';
  }
}
