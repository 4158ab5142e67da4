import { CoordinationError, type Grant, type Waiter } from '../coordinate/coordinator.ts';
import type { Holder } from '../coordinate/operation.ts';
import { formatDuration, parseDurationMs } from '../lib/duration.ts';
import { type Active, stopOf, type WaitUnderWay } from './active.ts';
import { claimElsewhere } from './claim-elsewhere.ts';
import { type Hold, type Keeper, type LimitTake, leaseMember } from './limit-uses.ts';
import type { RunState } from './run-state.ts';
import { defaultDeadlineMs } from './waiting.ts';
import { beginWait, endWait } from './waits.ts';
import type { Told } from './way.ts';

/**
 * Takes limits one after the other, without a promise for each: this one object is the request, the wait that reports and
 * the watch for stalls are told of, and what goes on when it is granted.
 */
export class LimitTaking implements Waiter<Grant>, WaitUnderWay {
  readonly kind = 'limit';
  readonly host: string;
  deadlineMs = 0;
  sinceMs = 0;
  readonly #state: RunState;
  readonly #active: Active;
  readonly #takes: readonly LimitTake[];
  readonly #keeper: Keeper;
  readonly #taken: Told;
  #next = 0;
  #isBegun = false;
  /** Set while the coordinator is asked: an answer that comes in the same call needs no turn. */
  #isAsking = false;
  #beganMs = 0;
  #answer: Grant | Error | undefined;

  constructor(
    state: RunState,
    active: Active,
    takes: readonly LimitTake[],
    to: { readonly host: string; readonly keeper: Keeper },
    taken: Told,
  ) {
    this.#state = state;
    this.#active = active;
    this.#takes = takes;
    this.host = to.host;
    this.#keeper = to.keeper;
    this.#taken = taken;
  }

  get name(): string {
    return this.#takes[this.#next]?.request.limit ?? '';
  }

  get what(): string {
    return this.name;
  }

  get holder(): Holder {
    return this.#active.holder;
  }

  onQueued(): void {
    this.#isBegun = true;
    beginWait(this.#state, this.#active, this);
  }

  granted(grant: Grant): void {
    this.#answered(grant);
  }

  refused(error: Error): void {
    this.#answered(error);
  }

  /** Begins, and goes on after each grant. */
  goOn(): void {
    try {
      while (this.#keep()) {
        const take = this.#takes[this.#next];
        if (take === undefined) {
          this.#end();
          return;
        }
        if (!this.#ask(take)) return;
      }
    } catch (error) {
      this.#taken(error);
    }
  }

  #answered(answer: Grant | Error): void {
    this.#answer = answer;
    if (!this.#isAsking) this.#state.turns.add(this);
  }

  /** Asks for the next; true where it was answered at once. */
  #ask({ request, timeout, isGlobal }: LimitTake): boolean {
    const { coordinator, clock } = this.#state.options;
    this.deadlineMs = parseDurationMs(timeout) ?? defaultDeadlineMs;
    this.#active.timed = timeout !== undefined;
    if (isGlobal) this.#beganMs = clock.nowMs();
    this.#isAsking = true;
    coordinator.acquireAs(request, this, stopOf(this.#active));
    this.#isAsking = false;
    return this.#answer !== undefined;
  }

  /** Keeps what was granted; false where something else goes on from here. */
  #keep(): boolean {
    const answer = this.#answer;
    const take = this.#takes[this.#next];
    if (answer === undefined || take === undefined) return true;
    this.#answer = undefined;
    this.#active.timed = false;
    if (this.#isBegun) endWait(this.#state, this.#active, this);
    this.#isBegun = false;
    if (answer instanceof Error) {
      this.#taken(this.#explain(answer));
      return false;
    }
    const hold = this.#hold(take, answer);
    this.#next += 1;
    if (!take.isGlobal) return true;
    this.#claim(take, hold);
    return false;
  }

  #hold(take: LimitTake, grant: Grant): Hold {
    const { plan, freeMembers } = this.#state;
    const { pool, request } = take;
    const lease = pool === undefined ? undefined : leaseMember(plan, freeMembers, request.limit, pool);
    const hold: Hold = { grant, take, permits: request.permits, claim: undefined, lease };
    // Most take one: pushing it would make room for many.
    if (this.#keeper.holds.length === 0) this.#keeper.holds = [hold];
    else this.#keeper.holds.push(hold);
    return hold;
  }

  #claim(take: LimitTake, hold: Hold): void {
    claimElsewhere(this.#state, this.#active, take, { host: this.host, beganMs: this.#beganMs }).then(
      (claim) => {
        hold.claim = claim;
        this.goOn();
      },
      this.#taken,
    );
  }

  #explain(error: Error): Error {
    if (!(error instanceof CoordinationError) || error.failure !== 'timeout') return error;
    const waited = formatDuration(this.deadlineMs);
    return new CoordinationError('timeout', `waited ${waited} for ${this.what} (RB403)`);
  }

  #end(): void {
    if (this.#takes.length > 0) {
      const limits = this.#takes.map(({ request }) => request);
      this.#state.options.emit({ type: 'limits-taken', node: this.#active.id, limits });
    }
    this.#taken(undefined);
  }
}
