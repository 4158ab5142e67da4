import { Float, isValueMap, Secret, Unsafe, type Value } from '../model/value.ts';

/**
 * Whether two values are the same, as `compare` means it: numbers by what they count, lists item by item, mappings
 * entry by entry in any order, secrets by their text.
 */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  const [one, other] = [plain(a), plain(b)];
  if (one === other) return true;
  if (typeof one === 'bigint' || typeof other === 'bigint') return sameInteger(one, other);
  if (Array.isArray(one) && Array.isArray(other)) return sameList(one, other);
  const [left, right] = [entriesOf(one), entriesOf(other)];
  return left !== undefined && right !== undefined && sameEntries(left, right);
}

function plain(value: Value | undefined): Value | undefined {
  if (value instanceof Unsafe) return plain(value.value);
  if (value instanceof Float) return value.value;
  return value instanceof Secret ? value.reveal() : value;
}

function sameInteger(a: Value | undefined, b: Value | undefined): boolean {
  const [one, other] = [a, b].map((value) => (Number.isInteger(value) ? BigInt(Number(value)) : value));
  return one === other;
}

function sameList(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
}

type Entries = ReadonlyMap<Value, Value>;

function entriesOf(value: Value | undefined): Entries | undefined {
  if (value instanceof Map) return value;
  return isValueMap(value) ? new Map<Value, Value>(Object.entries(value)) : undefined;
}

function sameEntries(a: Entries, b: Entries): boolean {
  return a.size === b.size && [...a].every(([key, item]) => b.has(key) && sameValue(item, b.get(key)));
}
