import { createHash, randomInt } from 'node:crypto';

/** Chooses indices below a size: with a seed the same ones each time, without one unpredictable ones. */
export function randomIndex(seed: string | undefined): (size: number) => number {
  if (seed === undefined) return (size) => (size <= 1 ? 0 : randomInt(Math.min(size, 2 ** 47)));
  let block = createHash('sha256').update(seed).digest();
  return (size) => {
    block = createHash('sha256').update(block).digest();
    return size <= 1 ? 0 : Number(block.readBigUInt64BE() % BigInt(size));
  };
}
