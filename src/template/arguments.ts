import { Float } from '../model/value.ts';
import { type Datum, Markup, type Run } from './datum.ts';
import { integer } from './python/number.ts';
import { toText } from './python/text.ts';
import { isInteger, isTruthy, typeName } from './python/types.ts';

/**
 * An argument that must be text.
 *
 * @throws TemplateError when it is not.
 */
export function textArgument(run: Run, value: Datum | undefined, name: string, fallback?: string): string {
  if (value === undefined && fallback !== undefined) return fallback;
  if (typeof value === 'string') return value;
  if (value instanceof Markup) return value.text;
  throw run.fail(`"${name}" must be text, not ${value === undefined ? 'missing' : typeName(value)}`);
}

/** An argument as text, whatever its type. */
export function anyText(run: Run, value: Datum | undefined, fallback = ''): string {
  return value === undefined ? fallback : toText(run, value);
}

/**
 * An argument that must be an integer of ordinary size.
 *
 * @throws TemplateError when it is not.
 */
export function integerArgument(run: Run, value: Datum | undefined, name: string, fallback?: number): number {
  if (value === undefined && fallback !== undefined) return fallback;
  if (value !== undefined && isInteger(value)) {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
  }
  throw run.fail(`"${name}" must be an integer, not ${value === undefined ? 'missing' : typeName(value)}`);
}

/**
 * An argument that must be a number.
 *
 * @throws TemplateError when it is not.
 */
export function numberArgument(run: Run, value: Datum | undefined, name: string): number {
  if (typeof value === 'number') return value;
  if (value instanceof Float) return value.value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  throw run.fail(`"${name}" must be a number, not ${value === undefined ? 'missing' : typeName(value)}`);
}

/** An argument as a flag, by Python's truth. */
export function flagArgument(value: Datum | undefined, fallback = false): boolean {
  return value === undefined ? fallback : isTruthy(value);
}

/** Whether an argument was left out or given as None. */
export function isAbsent(value: Datum | undefined): value is undefined | null {
  return value === undefined || value === null;
}

/** Python's `int(text, base)`, or undefined where the text is no integer. */
export function parseInteger(text: string, base = 10): number | bigint | undefined {
  const plain = text.replace(/(?![0-9])\p{Nd}/gu, decimalDigit);
  const match = /^\s*([+-]?)(0[xX]|0[oO]|0[bB])?((?:[0-9a-zA-Z]+_?)*[0-9a-zA-Z]+)\s*$/.exec(plain);
  if (match === null) return undefined;
  const [, sign, prefix = '', body = ''] = match;
  const prefixes: Readonly<Record<string, number>> = { '0x': 16, '0o': 8, '0b': 2 };
  const implied = prefixes[prefix.toLowerCase()];
  // Without the base that its prefix means, `0b1` is digits: hexadecimal 0xb1.
  const digits = (implied === undefined || implied === base || base === 0 ? body : prefix + body).replaceAll(
    '_',
    '',
  );
  const actual = base === 0 ? (implied ?? 10) : base;
  if (base === 0 && implied === undefined && /^0+[1-9]/.test(digits)) return undefined;
  let value = 0n;
  for (const digit of digits.toLowerCase()) {
    const worth = Number.parseInt(digit, 36);
    if (Number.isNaN(worth) || worth >= actual) return undefined;
    value = value * BigInt(actual) + BigInt(worth);
  }
  return integer(sign === '-' ? -value : value);
}

/** A decimal digit of another script as one of ours: the digits of a script stand together, beginning with zero. */
function decimalDigit(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  let first = code;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(first - 1))) first--;
  return String((code - first) % 10);
}

/** Python's `float(text)`, or undefined where the text is no number. */
export function parseFloatText(text: string): number | undefined {
  const trimmed = text
    .trim()
    .toLowerCase()
    .replace(/(?![0-9])\p{Nd}/gu, decimalDigit);
  const special = /^([+-]?)(inf|infinity|nan)$/.exec(trimmed);
  if (special !== null) {
    if (special[2] === 'nan') return Number.NaN;
    return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (!/^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)(e[+-]?\d+(_\d+)*)?$/.test(trimmed)) return undefined;
  return Number(trimmed.replaceAll('_', ''));
}
