import { setTimeout as delay } from 'node:timers/promises';

/** Waits until something of the outside world holds. Rejects, naming it, when it does not within 30 s. */
export async function untilTrue(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`it never came that ${what}`);
    await delay(50);
  }
}
