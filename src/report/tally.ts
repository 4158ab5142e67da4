import type { RunEvent, StepFinished, StepInfo } from '../model/event.ts';
import type { Outcome } from '../model/outcome.ts';

/** A wait under way. */
export interface TallyWait {
  /** Its beginning: who waits for what. Who holds that is read from it when it is shown. */
  readonly begun: Extract<RunEvent, { readonly type: 'step-waiting' }>;
  readonly sinceMs: number;
}

/** What is known of one step at a moment. */
export interface StepTally {
  readonly info: StepInfo;
  /** The title with its templates rendered, once all results so far agree on one. */
  title: string;
  readonly results: StepFinished[];
  readonly running: Set<string>;
  /** By host. */
  readonly waiting: Map<string, TallyWait>;
  startedAtMs: number | undefined;
  settled: boolean;
}

/** The state of a run, folded from its events. */
export class Tally {
  readonly steps = new Map<number, StepTally>();
  /** Blocks and plays that wait as a whole, by node. */
  readonly wholes = new Map<number, TallyWait>();
  playNames: readonly string[] = [];
  readonly #order = new Map<string, number>();
  checkMode = false;
  diffMode = false;

  /** Takes in one event, and gives the step that it speaks of, if any. */
  add(event: RunEvent, nowMs: number): StepTally | undefined {
    switch (event.type) {
      case 'run-started':
        this.playNames = event.plays.map((play) => play.name);
        for (const [index, host] of event.hosts.entries()) this.#order.set(host, index);
        this.checkMode = event.checkMode;
        this.diffMode = event.diffMode;
        for (const info of event.steps) this.steps.set(info.index, newTally(info));
        return undefined;
      case 'steps-added':
        for (const info of event.steps) {
          const known = this.steps.get(info.index);
          this.steps.set(info.index, known === undefined ? newTally(info) : { ...known, info });
        }
        return undefined;
      case 'step-waiting':
        return this.#wait(event, nowMs);
      case 'wait-ended':
        if (event.step === undefined) this.wholes.delete(event.node);
        return this.#update(event.step, (tally) => tally.waiting.delete(event.host ?? ''));
      case 'step-started':
        return this.#update(event.step, (tally) => {
          tally.startedAtMs ??= nowMs;
          tally.waiting.delete(event.host);
          tally.running.add(event.host);
        });
      case 'step-progress':
        return this.steps.get(event.step);
      case 'step-finished':
        return this.#update(event.step, (tally) => finish(tally, event));
      case 'step-settled':
        return this.#update(event.step, (tally) => {
          tally.settled = true;
          tally.results.sort((a, b) => (this.#order.get(a.host) ?? 0) - (this.#order.get(b.host) ?? 0));
        });
      default:
        return undefined;
    }
  }

  #wait(event: Extract<RunEvent, { type: 'step-waiting' }>, nowMs: number): StepTally | undefined {
    const wait = { begun: event, sinceMs: nowMs };
    if (event.step === undefined) this.wholes.set(event.node, wait);
    return this.#update(event.step, (tally) => tally.waiting.set(event.host ?? '', wait));
  }

  #update(step: number | undefined, change: (tally: StepTally) => void): StepTally | undefined {
    const tally = step === undefined ? undefined : this.steps.get(step);
    if (tally !== undefined) change(tally);
    return tally;
  }
}

function newTally(info: StepInfo): StepTally {
  return {
    info,
    title: info.title,
    results: [],
    running: new Set(),
    waiting: new Map(),
    startedAtMs: undefined,
    settled: false,
  };
}

function finish(tally: StepTally, event: StepFinished): void {
  tally.running.delete(event.host);
  tally.waiting.delete(event.host);
  const agreed = tally.results.every((result) => result.title === event.title);
  tally.title = agreed ? event.title : tally.info.title;
  tally.results.push(event);
}

/** Results of one outcome, in the order in which they came. */
export function resultsOf(tally: StepTally, outcome: Outcome): readonly StepFinished[] {
  return tally.results.filter((result) => result.outcome === outcome);
}

/** Whether an outcome is one that a person must see at once. */
export function isTrouble(result: StepFinished): boolean {
  return result.outcome === 'failed' || result.outcome === 'unreachable' || result.outcome === 'unknown';
}
