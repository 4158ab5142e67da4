import { createHash } from 'node:crypto';

const size = 624;
const middle = 397;

/** What Python takes as a seed: a text, an integer, or a float, by its hash. */
export type Seed = string | bigint | number;

/** Python's generator of random numbers: the same seed gives the same numbers as there. */
export class SeededRandom {
  readonly #state = new Uint32Array(size);
  #at = size;

  constructor(seed: Seed) {
    this.#seedByArray(wordsOf(numberOf(seed)));
  }

  /** A whole number from 0 up to, but not including, `end`. */
  below(end: bigint): bigint {
    const bits = end.toString(2).length;
    for (;;) {
      const made = this.#bits(bits);
      if (made < end) return made;
    }
  }

  #bits(count: number): bigint {
    let made = 0n;
    for (let done = 0; done < count; done += 32) {
      const wanted = Math.min(32, count - done);
      made |= BigInt(this.#next() >>> (32 - wanted)) << BigInt(done);
    }
    return made;
  }

  #next(): number {
    if (this.#at >= size) this.#refill();
    let word = this.#state[this.#at++] ?? 0;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  #refill(): void {
    const state = this.#state;
    for (let i = 0; i < size; i++) {
      const mixed = ((state[i] ?? 0) & 0x80000000) | ((state[(i + 1) % size] ?? 0) & 0x7fffffff);
      state[i] = (state[(i + middle) % size] ?? 0) ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    this.#at = 0;
  }

  #seedByArray(key: readonly number[]): void {
    const state = this.#state;
    state[0] = 19650218;
    for (let i = 1; i < size; i++) state[i] = Math.imul(this.#before(i), 1812433253) + i;
    let at = 1;
    for (let k = 0; k < Math.max(size, key.length); k++) {
      const j = k % key.length;
      state[at] = ((state[at] ?? 0) ^ Math.imul(this.#before(at), 1664525)) + (key[j] ?? 0) + j;
      at = this.#step(at);
    }
    for (let k = 0; k < size - 1; k++) {
      state[at] = ((state[at] ?? 0) ^ Math.imul(this.#before(at), 1566083941)) - at;
      at = this.#step(at);
    }
    state[0] = 0x80000000;
  }

  /** The word before one, its upper bits mixed into its lower ones. */
  #before(at: number): number {
    const word = this.#state[at - 1] ?? 0;
    return word ^ (word >>> 30);
  }

  #step(at: number): number {
    if (at + 1 < size) return at + 1;
    this.#state[0] = this.#state[size - 1] ?? 0;
    return 1;
  }
}

function numberOf(seed: Seed): bigint {
  if (typeof seed === 'string') {
    const bytes = Buffer.from(seed);
    const hash = createHash('sha512').update(bytes).digest();
    return BigInt(`0x${Buffer.concat([bytes, hash]).toString('hex')}`);
  }
  if (typeof seed === 'bigint') return seed < 0n ? -seed : seed;
  return Number.isFinite(seed) ? floatHash(Math.abs(seed)) : 314159n;
}

/** Python's hash of a float: its value modulo 2^61 - 1. */
function floatHash(value: number): bigint {
  const modulus = (1n << 61n) - 1n;
  let [whole, halvings] = [value, 0n];
  while (!Number.isInteger(whole)) {
    whole *= 2;
    halvings++;
  }
  // Halving is a rotation of the 61 bits, so 2^60 is the inverse of two.
  const inverse = 1n << ((61n - (halvings % 61n)) % 61n);
  return (BigInt(whole) * inverse) % modulus;
}

function wordsOf(value: bigint): number[] {
  const words: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 32n) words.push(Number(rest & 0xffffffffn));
  return words.length === 0 ? [0] : words;
}
