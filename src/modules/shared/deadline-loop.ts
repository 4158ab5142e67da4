import type { ModuleContext } from '../../model/module.ts';

/** A wait of a module in seconds, as its parameters give it. */
export interface Wait {
  readonly delay: number;
  readonly sleep: number;
  readonly timeout: number;
}

/** How long a wait took so far. */
export interface Elapsed {
  /** Whole seconds. */
  seconds(): number;
}

/**
 * Tries until a try gives something, with pauses between them that hold nothing; in check mode once, without a pause.
 *
 * @returns what the last try gave: undefined when the time was over first.
 */
export async function tryUntil<T>(
  wait: Wait,
  context: ModuleContext,
  attempt: (elapsed: Elapsed) => Promise<T | undefined>,
): Promise<{ readonly found: T | undefined; readonly elapsed: number }> {
  const startedAtMs = performance.now();
  const seconds = () => Math.floor((performance.now() - startedAtMs) / 1_000);
  if (wait.delay > 0 && !context.checkMode) await context.sleep(wait.delay * 1_000);
  for (;;) {
    const found = await attempt({ seconds });
    const nextAtMs = performance.now() - startedAtMs + wait.sleep * 1_000;
    if (found !== undefined || context.checkMode || nextAtMs > wait.timeout * 1_000)
      return { found, elapsed: seconds() };
    await context.sleep(wait.sleep * 1_000);
  }
}
