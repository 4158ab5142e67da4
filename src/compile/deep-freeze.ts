import { isValueMap } from '../model/value.ts';

/**
 * Freezes plain objects and lists, and all that is in them. Class instances (secrets, vault texts) and maps are left
 * as they are: they guard themselves.
 */
export function deepFreeze<Type>(value: Type): Type {
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (!isFreezable(next)) continue;
    Object.freeze(next);
    const items: readonly unknown[] = Array.isArray(next) ? next : Object.values(next);
    for (const item of items) if (isFreezable(item)) pending.push(item);
  }
  return value;
}

function isFreezable(value: unknown): value is object {
  return typeof value === 'object' && !Object.isFrozen(value) && (Array.isArray(value) || isValueMap(value));
}
