import { isValueMap, type Value } from '../model/value.ts';
import { hasTemplateTags } from './syntax/options.ts';

const known = new WeakMap<object, boolean>();

/** Whether a value is or holds a string with template tags, in keys too. Answered once for each list and mapping. */
export function holdsTemplates(value: Value): boolean {
  if (typeof value === 'string') return hasTemplateTags(value);
  if (typeof value !== 'object' || value === null) return false;
  const answer = known.get(value);
  if (answer !== undefined) return answer;
  const found = anyHolds(value);
  known.set(value, found);
  return found;
}

function anyHolds(value: object): boolean {
  if (Array.isArray(value)) return value.some(holdsTemplates);
  if (value instanceof Map)
    return [...value].some(([key, item]) => holdsTemplates(key) || holdsTemplates(item));
  if (!isValueMap(value)) return false;
  return Object.entries(value).some(([key, item]) => hasTemplateTags(key) || holdsTemplates(item));
}
