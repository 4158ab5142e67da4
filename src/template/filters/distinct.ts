import { Float } from '../../model/value.ts';
import type { Datum, Run } from '../datum.ts';
import { equals } from '../python/compare.ts';

/** The items whose key no item before them has. */
export function distinct(
  run: Run,
  items: readonly Datum[],
  key: (item: Datum) => Datum = (item) => item,
): Datum[] {
  const seen = new KnownValues();
  return items.filter((item) => seen.add(run, key(item)));
}

/** A set of values by Python's equality. */
export class KnownValues {
  readonly #scalars = new Set<Datum>();
  readonly #others: Datum[] = [];

  constructor(run?: Run, values: readonly Datum[] = []) {
    if (run !== undefined) for (const value of values) this.add(run, value);
  }

  /** Adds a value; false when it is there already. */
  add(run: Run, value: Datum): boolean {
    if (this.has(run, value)) return false;
    const scalar = scalarOf(value);
    if (scalar === undefined) this.#others.push(value);
    else this.#scalars.add(scalar);
    return true;
  }

  has(run: Run, value: Datum): boolean {
    run.step();
    const scalar = scalarOf(value);
    if (scalar !== undefined) return this.#scalars.has(scalar);
    return this.#others.some((other) => equals(run, other, value));
  }
}

/** A JavaScript value that is the same for values that are equal; undefined for lists, mappings and objects. */
function scalarOf(value: Datum): Datum | undefined {
  if (typeof value === 'string' || typeof value === 'number' || value === null || typeof value === 'bigint')
    return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value instanceof Float ? value.value : undefined;
}
