import { Float, isValueMap } from './value.ts';

/** How JSON is laid out. */
export interface PythonJsonOptions {
  /** Columns a level is moved to the right; default: all on one line. */
  readonly indent?: number | undefined;
  /** Keys in the order of their characters; default: as they stand. */
  readonly sortKeys?: boolean | undefined;
}

/** A value as JSON in the spacing and escaping of Python's `json.dumps`, which Ansible writes into files and shows. */
export function pythonJson(value: unknown, options: PythonJsonOptions = {}): string {
  return write(value, options, '\n');
}

/** @param newline A newline with the indentation of what surrounds the value. */
function write(value: unknown, options: PythonJsonOptions, newline: string): string {
  const inner = newline + ' '.repeat(options.indent ?? 0);
  const enclose = (open: string, parts: readonly string[], close: string) => {
    if (parts.length === 0) return open + close;
    if (options.indent === undefined) return `${open}${parts.join(', ')}${close}`;
    return `${open}${inner}${parts.join(`,${inner}`)}${newline}${close}`;
  };
  const object = (entries: readonly (readonly [unknown, unknown])[]) => {
    const named = entries.map(([key, entry]) => [String(key), entry] as const);
    if (options.sortKeys === true) named.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    const parts = named.map(
      ([key, entry]) => `${escapeNonAscii(JSON.stringify(key))}: ${write(entry, options, inner)}`,
    );
    return enclose('{', parts, '}');
  };
  if (Array.isArray(value)) {
    const parts = value.map((one) => write(one, options, inner));
    return enclose('[', parts, ']');
  }
  if (value instanceof Map) return object([...value]);
  if (isValueMap(value)) return object(Object.entries(value));
  if (value instanceof Float)
    return Number.isInteger(value.value) ? value.value.toFixed(1) : String(value.value);
  if (typeof value === 'bigint') return value.toString();
  return escapeNonAscii(JSON.stringify(value ?? null));
}

function escapeNonAscii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
