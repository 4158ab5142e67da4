import type { RunEvent } from '../model/event.ts';
import type { NodeId } from '../model/plan.ts';
import type { WaitKind } from '../model/wait.ts';
import type { Active, WaitUnderWay } from './active.ts';
import type { RunState } from './run-state.ts';
import { holdersOf } from './who-holds.ts';

/**
 * The event that something begins to wait. Who holds what is waited for is put into words only where a report asks, as it
 * is then: most of tens of thousands of waits are told to nobody.
 */
export class WaitBegun implements Extract<RunEvent, { readonly type: 'step-waiting' }> {
  readonly type = 'step-waiting';
  readonly node: NodeId;
  readonly step: number | undefined;
  readonly host: string | undefined;
  readonly who: string;
  readonly for: string;
  readonly kind: WaitKind;
  readonly #state: RunState;
  readonly #wait: WaitUnderWay;

  constructor(state: RunState, active: Active, wait: WaitUnderWay) {
    this.node = active.id;
    this.step = active.at?.step.index;
    this.host = wait.host === '' ? undefined : wait.host;
    this.who = active.holder.label;
    this.for = wait.what;
    this.kind = wait.kind;
    this.#state = state;
    this.#wait = wait;
  }

  get holders(): readonly string[] {
    return holdersOf(this.#state, this.#wait);
  }
}
