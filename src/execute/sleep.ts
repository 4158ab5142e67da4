import { setTimeout as wait } from 'node:timers/promises';

/**
 * Waits. A timer of its own keeps the process alive meanwhile.
 *
 * @throws AbortError when the signal is, or becomes, aborted.
 */
export async function sleepFor(durationMs: number, signal: AbortSignal): Promise<void> {
  await wait(durationMs, undefined, { signal });
}
