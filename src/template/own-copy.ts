import type { Datum, Run } from './datum.ts';
import { Tuple, tuple } from './datum.ts';
import { LazyMapping } from './lazy-mapping.ts';
import { dictEntries, isDict } from './python/dict.ts';

/**
 * A copy of a value whose lists and mappings the template may change. Lazy mappings stay lazy and copy what is read
 * from them.
 */
export function ownCopy(run: Run, value: Datum): Datum {
  if (value instanceof LazyMapping) {
    return new LazyMapping({
      get: (key) => {
        const item = value.get(key);
        return item === undefined ? undefined : ownCopy(run, item);
      },
      keys: () => value.keys(),
      has: (key) => value.has(key),
    });
  }
  if (Array.isArray(value)) {
    run.step(value.length);
    const items = value.map((item) => ownCopy(run, item));
    return value instanceof Tuple ? tuple(items) : items;
  }
  if (!isDict(value)) return value;
  const entries = dictEntries(value);
  run.step(entries.length);
  return new Map(entries.map(([key, item]) => [key, ownCopy(run, item)]));
}
