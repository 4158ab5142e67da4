import { Float, isValueMap } from '../../model/value.ts';
import { type Datum, type DatumMap, Markup, type Run, Tuple, Undefined } from '../datum.ts';
import { LazyMapping } from '../lazy-mapping.ts';

/** Every form that a mapping takes inside templates. */
export type Dict = ReadonlyMap<Datum, Datum> | DatumMap | LazyMapping;

/** A mapping that the template made itself, and so may change. */
export type OwnDict = Map<Datum, Datum>;

/** Whether a value is a mapping. */
export function isDict(value: Datum | undefined): value is Dict {
  return value instanceof Map || value instanceof LazyMapping || isValueMap(value);
}

/** The value under a key, or undefined where there is none. */
export function dictGet(dict: Dict, key: Datum): Datum | undefined {
  if (dict instanceof Map) {
    const canonical = dictKey(key);
    return dict.get(sameKey(dict, canonical) ?? canonical);
  }
  const name = key instanceof Markup ? key.text : key;
  if (typeof name !== 'string') return undefined;
  if (dict instanceof LazyMapping) return dict.get(name);
  const map = dict as DatumMap;
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/** Whether a mapping holds a key. */
export function dictHas(dict: Dict, key: Datum): boolean {
  if (dict instanceof Map) {
    const canonical = dictKey(key);
    return dict.has(canonical) || sameKey(dict, canonical) !== undefined;
  }
  const name = key instanceof Markup ? key.text : key;
  if (typeof name !== 'string') return false;
  return dict instanceof LazyMapping ? dict.has(name) : Object.hasOwn(dict, name);
}

/** Sets a value; a key that equals one already there keeps its first form, as in Python. */
export function dictSet(run: Run, dict: OwnDict, key: Datum, value: Datum): void {
  if (key instanceof Undefined) throw key.toError();
  if (Array.isArray(key) && !(key instanceof Tuple)) throw run.fail("unhashable type: 'list'");
  if (isDict(key)) throw run.fail("unhashable type: 'dict'");
  const canonical = dictKey(key);
  dict.set(sameKey(dict, canonical) ?? canonical, value);
}

/** Removes a key. */
export function dictDelete(dict: OwnDict, key: Datum): void {
  const canonical = dictKey(key);
  dict.delete(sameKey(dict, canonical) ?? canonical);
}

/** The keys of a mapping in its order. */
export function dictKeys(dict: Dict): Datum[] {
  if (dict instanceof Map || dict instanceof LazyMapping) return [...dict.keys()];
  return Object.keys(dict);
}

/** The keys and values of a mapping in its order. */
export function dictEntries(dict: Dict): [Datum, Datum][] {
  if (dict instanceof Map) return [...dict];
  if (dict instanceof LazyMapping) return [...dict.keys()].map((key) => [key, dict.get(key) ?? null]);
  return Object.entries(dict as DatumMap);
}

/** How many keys a mapping holds. */
export function dictSize(dict: Dict): number {
  if (dict instanceof Map) return dict.size;
  return dict instanceof LazyMapping ? dict.size : Object.keys(dict).length;
}

/** A copy of a mapping that may be changed. */
export function ownDict(dict: Dict): OwnDict {
  return new Map(dictEntries(dict));
}

function dictKey(key: Datum): Datum {
  return key instanceof Markup ? key.text : key;
}

/** The key in the map that equals this one although it is another JavaScript value: `1`, `1.0` and `True` are one. */
function sameKey(map: ReadonlyMap<Datum, Datum>, key: Datum): Datum | undefined {
  if (typeof key === 'string' || key === null || map.has(key)) return undefined;
  if (Array.isArray(key)) return findKey(map, (other) => sameTuple(key, other));
  const number = numericKey(key);
  if (number === undefined) return undefined;
  return findKey(map, (other) => numericKey(other) === number);
}

function findKey(map: ReadonlyMap<Datum, Datum>, matches: (key: Datum) => boolean): Datum | undefined {
  for (const key of map.keys()) if (matches(key)) return key;
  return undefined;
}

function numericKey(key: Datum): number | bigint | undefined {
  if (typeof key === 'boolean') return key ? 1 : 0;
  if (key instanceof Float) return key.value;
  return typeof key === 'number' || typeof key === 'bigint' ? key : undefined;
}

function sameTuple(a: readonly Datum[], b: Datum): boolean {
  return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameScalar(item, b[i]));
}

function sameScalar(a: Datum, b: Datum | undefined): boolean {
  if (Array.isArray(a)) return b !== undefined && sameTuple(a, b);
  return a === b || (b !== undefined && numericKey(a) !== undefined && numericKey(a) === numericKey(b));
}
