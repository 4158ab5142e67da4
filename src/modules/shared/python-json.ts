import { Float, isValueMap } from '../../model/value.ts';

/** A value as JSON in the spacing and escaping of Python's `json.dumps`, which Ansible writes into files. */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (value instanceof Map) return object([...value]);
  if (isValueMap(value)) return object(Object.entries(value));
  if (value instanceof Float)
    return Number.isInteger(value.value) ? value.value.toFixed(1) : String(value.value);
  if (typeof value === 'bigint') return value.toString();
  return escapeNonAscii(JSON.stringify(value ?? null));
}

function object(entries: readonly (readonly [unknown, unknown])[]): string {
  return `{${entries.map(([key, entry]) => `${escapeNonAscii(JSON.stringify(String(key)))}: ${pythonJson(entry)}`).join(', ')}}`;
}

function escapeNonAscii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
