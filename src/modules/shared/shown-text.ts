import { Float, Secret, type Value } from '../../model/value.ts';

/** A value as text for people: text as it is, the rest as indented JSON. Secrets show their name. */
export function shownText(value: Value): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(
    value,
    (_key, part: unknown) => {
      if (part instanceof Map) return Object.fromEntries(part);
      if (part instanceof Float || part instanceof Secret) return part.toJSON();
      return typeof part === 'bigint' ? part.toString() : part;
    },
    2,
  );
}
