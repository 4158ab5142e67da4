import type { Value, ValueMap } from '../model/value.ts';

/** A mapping with no prototype, so that no key of it can mean anything but itself. */
export function emptyMapping<T = Value>(): Record<string, T> {
  // Object.create has no type of its own.
  return Object.create(null) as Record<string, T>;
}

/** Keys that mean something to JavaScript and to nobody's playbook. */
export const refusedKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Makes a mapping of entries in order: a plain object where every key is a text that an object keeps in its place,
 * else a `Map`.
 */
export function toMapping(
  entries: readonly (readonly [Value, Value])[],
): ValueMap | ReadonlyMap<Value, Value> {
  const mapping = emptyMapping();
  for (const [key, value] of entries) {
    if (typeof key !== 'string' || /^(?:0|[1-9]\d*)$/.test(key)) return new Map(entries);
    mapping[key] = value;
  }
  return mapping;
}

/** A mapping's entries with keys as text, whichever form it has; undefined when the value is no mapping. */
export function entriesOf(value: Value | undefined): [string, Value][] | undefined {
  if (value instanceof Map) return [...value].map(([key, item]): [string, Value] => [keyText(key), item]);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  if (Object.getPrototypeOf(value) !== null && Object.getPrototypeOf(value) !== Object.prototype)
    return undefined;
  return Object.entries(value);
}

function keyText(key: Value): string {
  return key === null ? 'null' : String(key);
}
