import { z } from 'zod';

const truths = new Set(['yes', 'on', 'true', 't', 'y', '1']);
const falsehoods = new Set(['no', 'off', 'false', 'f', 'n', '0']);

/** A boolean, in the spellings that Ansible takes: true/false, yes/no, on/off, 1/0. */
export const booleanParam = z.preprocess((value) => {
  if (value === 1) return true;
  if (value === 0) return false;
  if (typeof value !== 'string') return value;
  const word = value.toLowerCase();
  if (truths.has(word)) return true;
  return falsehoods.has(word) ? false : value;
}, z.boolean());

/** Text; a number or a boolean is taken as its text, as YAML authors often leave the quotes out. */
export const textParam = z.preprocess(
  (value) => (typeof value === 'number' || typeof value === 'bigint' ? String(value) : value),
  z.string(),
);

/** A whole number, also as digits in text (templates give text). */
export const integerParam = z.preprocess(
  (value) => (typeof value === 'string' && /^[+-]?\d+$/.test(value.trim()) ? Number(value) : value),
  z.int(),
);

/** A number of any kind, also as text. */
export const numberParam = z.preprocess(
  (value) => (typeof value === 'string' && /^[+-]?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value),
  z.number(),
);

/** A list of texts; one text is split at its commas. */
export const textListParam = z.preprocess(
  (value) =>
    typeof value === 'string'
      ? value.split(',').map((part) => part.trim())
      : typeof value === 'number'
        ? [String(value)]
        : value,
  z.array(textParam),
);
