import { Float, Secret } from '../../model/value.ts';
import { Bytes, type Datum, type Markup, type Run, Tuple, Undefined } from '../datum.ts';
import { type Dict, dictEntries, dictGet, dictSize, isDict } from './dict.ts';
import { isNumber } from './number.ts';
import { isList, isText, typeName } from './types.ts';

/**
 * Python's `==`: numbers by value, `True == 1`, lists never equal tuples.
 *
 * @throws TemplateError when either is undefined.
 */
export function equals(run: Run, a: Datum, b: Datum): boolean {
  if (a === b && typeof a === 'string') return true;
  if (a instanceof Undefined) throw a.toError();
  if (b instanceof Undefined) throw b.toError();
  if (a === b) return !Number.isNaN(a);
  if (a instanceof Secret || b instanceof Secret) return equals(run, bare(run, a), bare(run, b));
  if (typeof a === 'string' && typeof b === 'string') return false;
  if (isNumber(a)) return isNumber(b) && numbersEqual(a, b);
  if (isText(a)) return isText(b) && textOf(a) === textOf(b);
  run.step();
  if (Array.isArray(a)) return Array.isArray(b) && listsEqual(run, a, b);
  if (isDict(a)) return isDict(b) && dictsEqual(run, a, b);
  return a instanceof Bytes && b instanceof Bytes && Buffer.compare(a.bytes, b.bytes) === 0;
}

function bare(run: Run, value: Datum): Datum {
  return value instanceof Secret ? run.open(value) : value;
}

function textOf(value: string | Markup): string {
  return typeof value === 'string' ? value : value.text;
}

function numbersEqual(a: number | bigint | boolean | Float, b: number | bigint | boolean | Float): boolean {
  const [left, right] = [plainNumber(a), plainNumber(b)];
  // `<=` compares bigint and number by value, which `===` does not.
  return typeof left === typeof right ? left === right : left <= right && left >= right;
}

function plainNumber(value: number | bigint | boolean | Float): number | bigint {
  if (value instanceof Float) return value.value;
  return typeof value === 'boolean' ? Number(value) : value;
}

function listsEqual(run: Run, a: readonly Datum[], b: readonly Datum[]): boolean {
  if (a instanceof Tuple !== b instanceof Tuple || a.length !== b.length) return false;
  return a.every((item, i) => equals(run, item, b[i] ?? null));
}

function dictsEqual(run: Run, a: Dict, b: Dict): boolean {
  if (dictSize(a) !== dictSize(b)) return false;
  return dictEntries(a).every(([key, value]) => {
    const other = dictGet(b, key);
    return other !== undefined && equals(run, value, other);
  });
}

/**
 * The order of two values: negative, zero or positive; NaN where they have none.
 *
 * @throws TemplateError when their types have no order, or either is undefined.
 */
export function compare(run: Run, a: Datum, b: Datum, operator = '<'): number {
  if (typeof a === 'number' && typeof b === 'number') return compareNumbers(a, b);
  if (a instanceof Undefined) throw a.toError();
  if (b instanceof Undefined) throw b.toError();
  const [left, right] = [bare(run, a), bare(run, b)];
  if (isText(left) && isText(right)) return compareText(textOf(left), textOf(right));
  if (isNumber(left) && isNumber(right)) return compareNumbers(plainNumber(left), plainNumber(right));
  return compareObjects(run, left, right, operator);
}

function compareObjects(run: Run, a: Datum, b: Datum, operator: string): number {
  if (isList(a) && isList(b) && a instanceof Tuple === b instanceof Tuple)
    return compareLists(run, a, b, operator);
  const ordered = comparable(a) && comparable(b) ? a.compareTo(b) : undefined;
  if (ordered !== undefined) return ordered;
  throw run.fail(`"${operator}" cannot compare ${typeName(a)} with ${typeName(b)}`);
}

/** Objects with an order of their own, such as dates. */
interface Comparable {
  compareTo(other: unknown): number | undefined;
}

function comparable(value: unknown): value is Comparable {
  return (
    typeof value === 'object' &&
    value !== null &&
    'compareTo' in value &&
    typeof value.compareTo === 'function'
  );
}

function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return a <= b ? 0 : Number.NaN;
}

/** Text by code points, as Python orders it. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left === right) continue;
    // Surrogates stand for code points above all that are not.
    const leftHigh = left >= 0xd800 && left <= 0xdfff;
    const rightHigh = right >= 0xd800 && right <= 0xdfff;
    return leftHigh === rightHigh ? left - right : leftHigh ? 1 : -1;
  }
  return a.length - b.length;
}

function compareLists(run: Run, a: readonly Datum[], b: readonly Datum[], operator: string): number {
  run.step();
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) {
    const left = a[i] ?? null;
    const right = b[i] ?? null;
    if (!equals(run, left, right)) return compare(run, left, right, operator);
  }
  return a.length - b.length;
}
