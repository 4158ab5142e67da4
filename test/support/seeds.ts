const wanted = Number(process.env['RUNBOOK_SEEDS'] ?? Number.NaN);
const single = process.env['RUNBOOK_SEED'];

/** What random input is drawn from: `RUNBOOK_SEED`, else the same in every run, so that no run fails by chance. */
export const drawnFrom = Number(single ?? 20_261);

/** How many seeds something random is played with: `RUNBOOK_SEEDS`, else as many as take a few seconds. */
export function seedCount(usual: number): number {
  return Number.isNaN(wanted) ? usual : wanted;
}

/** Parameters of `fc.assert`; `RUNBOOK_SEED` has it draw others, and a failure prints its seed. */
export function seeded(usual: number): { readonly numRuns: number; readonly seed: number } {
  return { numRuns: seedCount(usual), seed: drawnFrom };
}

/** How long a test of that many seeds may take, in milliseconds. */
export function seedsDeadlineMs(usual: number): number {
  return 60_000 + seedCount(usual) * 400;
}

/** Plays 1, 2, 3, ... or the one that `RUNBOOK_SEED` names. A failure tells which one it was. */
export async function forEachSeed(usual: number, play: (random: Random) => Promise<void>): Promise<void> {
  const seeds =
    single === undefined
      ? Array.from({ length: seedCount(usual) }, (_, index) => index + 1)
      : [Number(single)];
  for (const seed of seeds)
    try {
      await play(randomOf(seed));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`RUNBOOK_SEED=${seed}: ${message}`, { cause: error });
    }
}

/** Draws that are the same for the same seed. */
export interface Random {
  /** A whole number from 0 to `below` - 1. */
  next(below: number): number;
  /** One of a list. */
  pick<T>(list: readonly [T, ...T[]]): T;
}

/** Draws of a seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = Math.imul(seed, 0x9e3779b9);
  const next = (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
  return { next, pick: (list) => list[next(list.length)] ?? list[0] };
}
