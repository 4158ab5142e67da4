import type { Clock } from '../../src/lib/clock.ts';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that stands still until a test moves it. */
export interface VirtualClock extends Clock {
  /** Moves time on, firing each timer at its moment and letting all promises settle after each. */
  advance(durationMs: number): Promise<void>;
  /** How many timers are set. */
  readonly timers: number;
}

/** Lets everything that needs no time happen: promises, and what follows from them. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** A clock at 0 ms. */
export function virtualClock(): VirtualClock {
  let now = 0;
  let order = 0;
  const timers = new Set<Timer>();
  const next = (untilMs: number): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (timer.atMs > untilMs) continue;
      if (
        first === undefined ||
        timer.atMs < first.atMs ||
        (timer.atMs === first.atMs && timer.order < first.order)
      )
        first = timer;
    }
    return first;
  };
  return {
    nowMs: () => now,
    after(delayMs, run) {
      const timer = { atMs: now + delayMs, order: order++, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(durationMs) {
      const untilMs = now + durationMs;
      await settle();
      for (let timer = next(untilMs); timer !== undefined; timer = next(untilMs)) {
        timers.delete(timer);
        now = Math.max(now, timer.atMs);
        timer.run();
        await settle();
      }
      now = untilMs;
    },
    get timers() {
      return timers.size;
    },
  };
}
