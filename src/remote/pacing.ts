/** How many may hold a place at once, for each name; the others wait in order. */
export class Pacing {
  readonly #limit: number;
  readonly #lowered = new Map<string, number>();
  readonly #lanes = new Map<string, { held: number; readonly waiting: (() => void)[] }>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Waits for a place. The function it resolves with gives the place back; calling it again does nothing. */
  async enter(name: string, signal?: AbortSignal): Promise<() => void> {
    const lane = this.#lanes.get(name) ?? { held: 0, waiting: [] };
    this.#lanes.set(name, lane);
    if (lane.held >= this.#limitOf(name)) await waitForTurn(lane.waiting, signal);
    else lane.held++;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = lane.held > this.#limitOf(name) ? undefined : lane.waiting.shift();
      if (next !== undefined) next();
      else if (--lane.held === 0) this.#lanes.delete(name);
    };
  }

  /** Halves the limit of a name, down to 1, for the rest of the run: it was more than could be borne. */
  lower(name: string): void {
    this.#lowered.set(name, Math.max(1, Math.floor(this.#limitOf(name) / 2)));
  }

  #limitOf(name: string): number {
    return this.#lowered.get(name) ?? this.#limit;
  }
}

/** Stands in line; the place is handed over by whoever leaves. */
function waitForTurn(waiting: (() => void)[], signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const turn = () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    };
    const abort = () => {
      waiting.splice(waiting.indexOf(turn), 1);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    waiting.push(turn);
  });
}
