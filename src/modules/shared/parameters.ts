import { z } from 'zod';
import { Float, Secret } from '../../model/value.ts';

const trueWords = ['true', 'True', 'TRUE', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'y', 't', '1'] as const;
const falseWords = ['false', 'False', 'FALSE', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'n', 'f', '0'] as const;
const trueInputs: readonly unknown[] = [true, 1, ...trueWords];

/** A boolean in any of YAML 1.1's spellings. Its value is a boolean. */
export function yesNo() {
  return z
    .union([z.boolean(), z.enum([...trueWords, ...falseWords]), z.literal(0), z.literal(1)])
    .transform((value) => trueInputs.includes(value));
}

/**
 * A text. Numbers and booleans are written as Python writes them, so that `line: "{{ port }}"` works; a secret gives
 * its text, for the caller to keep out of command lines.
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
  if (value instanceof Secret) return value.reveal();
  if (value instanceof Float) return Number.isInteger(value.value) ? value.value.toFixed(1) : value.value;
  return typeof value === 'bigint' ? value.toString() : value;
}

function textOf(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}
