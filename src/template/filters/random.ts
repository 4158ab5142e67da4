import { randomInt } from 'node:crypto';
import { Float } from '../../model/value.ts';
import type { Datum, Run } from '../datum.ts';
import { isNumber, toBigInt } from '../python/number.ts';
import { SeededRandom } from '../python/seeded-random.ts';
import { toText } from '../python/text.ts';
import { isInteger } from '../python/types.ts';

/**
 * Chooses indices below a size: with a seed those that Python chooses by that seed, without one unpredictable ones.
 */
export function randomIndex(run: Run, seed: Datum | undefined): (size: number) => number {
  if (seed === undefined || seed === null)
    return (size) => (size <= 1 ? 0 : randomInt(Math.min(size, 2 ** 47)));
  const random = new SeededRandom(seedOf(run, seed));
  return (size) => Number(random.below(BigInt(Math.max(1, size))));
}

function seedOf(run: Run, seed: Datum): string | bigint | number {
  if (isNumber(seed) && isInteger(seed)) return toBigInt(seed);
  if (typeof seed === 'number') return seed;
  return seed instanceof Float ? seed.value : toText(run, seed);
}
