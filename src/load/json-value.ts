import type { Value } from '../model/value.ts';
import { refusedKeys, toMapping } from './mapping.ts';

/** Parsed JSON as a value. Keys that mean something to JavaScript are left out. */
export function fromJson(json: unknown): Value {
  if (Array.isArray(json)) return json.map(fromJson);
  if (typeof json === 'object' && json !== null) {
    const entries = Object.entries(json).filter(([key]) => !refusedKeys.has(key));
    return toMapping(entries.map(([key, item]): [string, Value] => [key, fromJson(item)]));
  }
  if (
    typeof json === 'number' &&
    !Number.isSafeInteger(json) &&
    Number.isInteger(json) &&
    Math.abs(json) < 1e21
  ) {
    return BigInt(json);
  }
  if (typeof json === 'string' || typeof json === 'number' || typeof json === 'boolean') return json;
  return null;
}
