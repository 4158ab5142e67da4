/**
 * How a server turned a connection away before its key was seen: by refusing it, by dropping it without a word, by
 * saying that it has too many (`MaxStartups`), or that it has none for this address (`PerSourcePenalties`).
 */
export type TurnedAway = 'refused' | 'dropped' | 'busy' | 'penalised';

/** What is waited between attempts, in milliseconds. The shortest penalty that OpenSSH carries out is 15 s. */
const waitsMs: Readonly<Record<TurnedAway, readonly number[]>> = {
  refused: [200],
  dropped: [200, 400, 800, 1_600],
  busy: [200, 400, 800, 1_600, 3_200, 6_400, 6_400],
  penalised: [15_000, 20_000, 25_000],
};

/**
 * How long to wait before the next attempt: longer each time, and never the same for those that were turned away
 * together. At most 30 s in all, 72 s for a penalty. Undefined when it is time to give up.
 *
 * @param times how often it was turned away this way, from 1.
 * @param random a number from 0 to 1.
 */
export function backOffMs(how: TurnedAway, times: number, random: number): number | undefined {
  const waitMs = waitsMs[how][times - 1];
  if (waitMs === undefined) return undefined;
  return Math.round(how === 'penalised' ? waitMs * (1 + random / 5) : waitMs * (0.5 + random));
}

/** How a server that spoke in place of identifying itself turned the connection away; undefined for other words. */
export function turnedAwayBy(greeting: string): 'busy' | 'penalised' | undefined {
  if (/MaxStartups/i.test(greeting)) return 'busy';
  return /not allowed at this time/i.test(greeting) ? 'penalised' : undefined;
}
