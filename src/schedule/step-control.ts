import type { JoinEnd, StepCoordination } from '../model/step-coordination.ts';
import type { StepControl, StepProgress } from '../model/step-run.ts';
import { type Active, stopOf } from './active.ts';
import { isBackground } from './daemons.ts';
import { laterMeetings } from './gates.ts';
import { itemLimits } from './item-limits.ts';
import { joinSteps } from './join-steps.ts';
import type { RunState } from './run-state.ts';
import { coordinationOf } from './step-coordination.ts';
import { holdsAround, lostAfterOf } from './surrounding-holds.ts';

const holderBonus = 2 ** 40;

/**
 * What a running step has of the scheduler. A step holds at most one fork: work that it begins while it holds one
 * shares it, so that a step never waits for itself.
 */
export class Control implements StepControl {
  readonly #state: RunState;
  readonly #active: Active;
  /** Pieces of work under the step's fork. */
  #sharing = 0;
  #allShared: (() => void) | undefined;
  readonly isBackground: boolean;
  readonly meetAgain: (() => Promise<void>) | undefined;
  readonly forItem: StepControl['forItem'];

  constructor(state: RunState, active: Active) {
    this.#state = state;
    this.#active = active;
    this.isBackground = active.at !== undefined && isBackground(state, active.at.node);
    this.meetAgain = laterMeetings(state, active);
    this.forItem = itemLimits(state, active);
  }

  get lostAfterMs(): number | undefined {
    return lostAfterOf(this.#state, this.#active);
  }

  get signal(): AbortSignal {
    return stopOf(this.#active).signal;
  }

  get coordination(): StepCoordination {
    return coordinationOf(this.#state, this.#active);
  }

  get join(): (timeoutMs: number | undefined, signal: AbortSignal) => Promise<JoinEnd> {
    return (timeoutMs, signal) => joinSteps(this.#state, this.#active, timeoutMs, signal);
  }

  fork<T>(work: () => Promise<T>): Promise<T> {
    if (this.#sharing > 0) return this.#share(work);
    const { clock } = this.#state.options;
    const askedMs = clock.nowMs();
    const held = async () => {
      this.#active.forkWaitMs += clock.nowMs() - askedMs;
      try {
        return await this.#share(work);
      } finally {
        if (this.#sharing > 0) await new Promise<void>((resolve) => (this.#allShared = resolve));
      }
    };
    return this.#state.forks.run(held, { priority: this.#priority(), signal: this.signal });
  }

  progress(progress: StepProgress): void {
    const { at, id } = this.#active;
    if (at === undefined) return;
    const host = this.#state.plan.hosts[at.host] ?? '';
    this.#state.options.emit({ type: 'step-progress', node: id, step: at.step.index, host, progress });
  }

  async #share<T>(work: () => Promise<T>): Promise<T> {
    this.#sharing += 1;
    try {
      return await work();
    } finally {
      this.#sharing -= 1;
      if (this.#sharing === 0) this.#allShared?.();
    }
  }

  #priority(): number {
    const { plan, options } = this.#state;
    const { at, holds } = this.#active;
    if (at === undefined) return 0;
    const holder = holds.length > 0 || holdsAround(this.#state, at).length > 0;
    const open = options.isOpen?.(plan.hosts[at.host] ?? '') === true;
    return (holder ? holderBonus : 0) + at.node.priority * 2 + (open ? 1 : 0);
  }
}
