import { type Datum, type Run, Undefined } from '../datum.ts';
import { getItem } from '../python/members.ts';
import { toText } from '../python/text.ts';
import { isText } from '../python/types.ts';

/** Reads a value out of an item: `name`, `address.city`, `0`. */
export type ReadAttribute = (run: Run, item: Datum) => Datum;

/** Reads the attribute that a filter's argument names; without one, the item itself. */
export function attributeReader(run: Run, attribute: Datum | undefined, fallback?: Datum): ReadAttribute {
  if (attribute === undefined || attribute === null) return (_run, item) => item;
  const path = toText(run, attribute);
  const parts = typeof attribute === 'number' ? [attribute] : path.split('.').map(part);
  return (inner, item) => {
    let value = item;
    for (const key of parts) {
      value = getItem(inner, value, key, path);
      if (value instanceof Undefined && fallback !== undefined) return fallback;
    }
    return value;
  };
}

function part(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** Text in lower case, anything else as it is: what comparisons without regard to case compare. */
export function ignoreCase(value: Datum): Datum {
  if (!isText(value)) return value;
  return (typeof value === 'string' ? value : value.text).toLowerCase();
}
