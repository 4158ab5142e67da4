import { Float, Secret, Unsafe, type Value, VaultText } from '../model/value.ts';
import { entriesOf } from './cursor.ts';

/** Stands for a text that cannot be read yet; it looks like a template, so whatever is checked excuses it. */
const unread = '{{ vault }}';

/**
 * A value as schemas read it: mappings as plain objects, numbers as numbers. Encrypted texts become a template, since
 * what they hold is only known later.
 */
export function toPlain(value: Value | undefined): unknown {
  if (value instanceof Float) return value.value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Secret || value instanceof VaultText) return unread;
  if (value instanceof Unsafe) return toPlain(value.value);
  if (Array.isArray(value)) return value.map(toPlain);
  const entries = entriesOf(value);
  if (entries === undefined) return value;
  const plain: Record<string, unknown> = {};
  for (const [key, item] of entries) plain[key] = toPlain(item);
  return plain;
}

/** What a value is, for messages: `text`, `a list`, `nothing`. */
export function describeKind(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return value.includes('{{') || value.includes('{%') ? 'a template' : 'text';
  if (typeof value === 'number' || typeof value === 'bigint') return 'a number';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return Array.isArray(value) ? 'a list' : 'a mapping';
}
