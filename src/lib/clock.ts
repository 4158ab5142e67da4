/** Time as the program sees it, given as a value so that tests can turn it by hand. */
export interface Clock {
  /** Milliseconds on a clock that never goes back; only differences mean something. */
  nowMs(): number;
  /** Calls `run` once after `delayMs`. The returned function takes it back; calling that twice is fine. */
  after(delayMs: number, run: () => void): () => void;
}

/** The machine's own clock. Timers longer than `setTimeout` can count are cut to its longest, about 24 days. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, Math.min(Math.max(delayMs, 0), 2_147_483_647));
    return () => clearTimeout(timer);
  },
};
