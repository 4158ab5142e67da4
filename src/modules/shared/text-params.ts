import { z } from 'zod';
import { Float } from '../../model/value.ts';

/**
 * A text. Numbers and booleans are written as Python writes them, so that `line: "{{ port }}"` works.
 */
export function text() {
  return z.preprocess(unwrap, z.union([z.string(), z.number(), z.boolean()])).transform(textOf);
}

/** A text that may be left out; `null` (an empty YAML value) counts as left out. */
export function optionalText() {
  return z
    .preprocess(unwrap, z.union([z.string(), z.number(), z.boolean(), z.null()]).optional())
    .transform((value) => (value === null || value === undefined ? undefined : textOf(value)));
}

/** A path on the host: a text that is not empty and holds no NUL. */
export function path() {
  return text().refine(isPath, { error: 'a path is not empty and holds no NUL' });
}

/** A path that may be left out. */
export function optionalPath() {
  return optionalText().refine((value) => value === undefined || isPath(value), {
    error: 'a path is not empty and holds no NUL',
  });
}

function isPath(value: string): boolean {
  return value !== '' && !value.includes('\0');
}

/** Values that JSON has no word for, as the plain text they stand for. */
function unwrap(value: unknown): unknown {
  if (value instanceof Float) return Number.isInteger(value.value) ? value.value.toFixed(1) : value.value;
  return typeof value === 'bigint' ? value.toString() : value;
}

function textOf(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}
