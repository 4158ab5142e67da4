import { type Float, Secret } from '../../model/value.ts';
import { type Datum, Markup, type Run, TemplateObject, Tuple, tuple, Undefined } from '../datum.ts';
import { seal } from '../native.ts';
import type { BinaryOperator } from '../syntax/ast.ts';
import { formatPercent } from './format-percent.ts';
import { escapeHtml } from './html.ts';
import {
  float,
  floatModulo,
  floorDivide,
  floorModulo,
  integer,
  isNumber,
  toBigInt,
  toNumber,
} from './number.ts';
import { toText } from './text.ts';
import { isInteger, isList, isText, typeName } from './types.ts';

/** The largest power that is computed, in bits of the result. */
const maxPowerBits = 100_000;

/**
 * Python's arithmetic, `+` and `*` of texts and lists and `%` formatting included.
 *
 * @throws TemplateError when the operator does not fit the types, or an operand is undefined.
 */
export function arithmetic(run: Run, operator: BinaryOperator, a: Datum, b: Datum): Datum {
  if (typeof a === 'number' && typeof b === 'number' && Number.isInteger(a) && Number.isInteger(b)) {
    const quick = smallIntegers(operator, a, b);
    if (quick !== undefined) return quick;
  }
  if (a instanceof Undefined) throw a.toError();
  if (b instanceof Undefined) throw b.toError();
  if (a instanceof Secret || b instanceof Secret) return secretly(run, operator, a, b);
  if (isInteger(a) && isInteger(b)) return integers(run, operator, toBigInt(a), toBigInt(b));
  if (isNumber(a) && isNumber(b)) return floats(run, operator, toNumber(a), toNumber(b));
  const result = sequences(run, operator, a, b);
  if (result !== undefined) return result;
  throw run.fail(`"${operator}" does not fit ${typeName(a)} and ${typeName(b)}`);
}

function smallIntegers(operator: BinaryOperator, a: number, b: number): number | undefined {
  let result: number;
  if (operator === '+') result = a + b;
  else if (operator === '-') result = a - b;
  else if (operator === '*') result = a * b + 0;
  else return undefined;
  return Number.isSafeInteger(result) ? result : undefined;
}

function secretly(run: Run, operator: BinaryOperator, a: Datum, b: Datum): Datum {
  const left = a instanceof Secret ? run.open(a) : a;
  const right = b instanceof Secret ? run.open(b) : b;
  const name = a instanceof Secret ? a.name : b instanceof Secret ? b.name : 'secret';
  return seal(arithmetic(run, operator, left, right), name);
}

function integers(run: Run, operator: BinaryOperator, a: bigint, b: bigint): Datum {
  if (b === 0n && (operator === '/' || operator === '//' || operator === '%'))
    throw run.fail('division by zero');
  switch (operator) {
    case '+':
      return integer(a + b);
    case '-':
      return integer(a - b);
    case '*':
      return integer(a * b);
    case '/':
      return float(Number(a) / Number(b));
    case '//':
      return integer(floorDivide(a, b));
    case '%':
      return integer(floorModulo(a, b));
    default:
      return integerPower(run, a, b);
  }
}

function integerPower(run: Run, a: bigint, b: bigint): Datum {
  if (b < 0n) {
    if (a === 0n) throw run.fail('zero cannot be raised to a negative power');
    return float(Number(a) ** Number(b));
  }
  const bits = BigInt(a.toString(2).length) * b;
  if (bits > BigInt(maxPowerBits) && a !== 1n && a !== -1n && a !== 0n)
    throw run.fail('the power is too large');
  return integer(a ** b);
}

function floats(run: Run, operator: BinaryOperator, a: number, b: number): Datum {
  if (b === 0 && (operator === '/' || operator === '//' || operator === '%'))
    throw run.fail('division by zero');
  switch (operator) {
    case '+':
      return float(a + b);
    case '-':
      return float(a - b);
    case '*':
      return float(a * b);
    case '/':
      return float(a / b);
    case '//':
      return float(Math.floor(a / b));
    case '%':
      return float(floatModulo(a, b));
    default:
      return float(a ** b);
  }
}

function sequences(run: Run, operator: BinaryOperator, a: Datum, b: Datum): Datum | undefined {
  if (operator === '+') return join(run, a, b);
  if (operator === '*')
    return isInteger(a) ? repeat(run, b, Number(a)) : isInteger(b) ? repeat(run, a, Number(b)) : undefined;
  if (operator === '%' && isText(a)) return formatPercent(run, toText(run, a), b);
  if (operator !== '-') return undefined;
  return subtractable(a) && b instanceof TemplateObject ? a.subtract(b) : undefined;
}

/** Objects with a difference of their own, such as dates. */
interface Subtractable {
  subtract(other: TemplateObject): Datum | undefined;
}

function subtractable(value: unknown): value is Subtractable {
  return (
    typeof value === 'object' && value !== null && 'subtract' in value && typeof value.subtract === 'function'
  );
}

function join(run: Run, a: Datum, b: Datum): Datum | undefined {
  if (isText(a) && isText(b)) {
    if (typeof a === 'string' && typeof b === 'string') {
      run.spend(a.length + b.length);
      return a + b;
    }
    return new Markup(asHtml(a) + asHtml(b));
  }
  if (!isList(a) || !isList(b) || a instanceof Tuple !== b instanceof Tuple) return undefined;
  run.step(a.length + b.length);
  const items = [...a, ...b];
  return a instanceof Tuple ? tuple(items) : items;
}

function asHtml(value: string | Markup): string {
  return typeof value === 'string' ? escapeHtml(value) : value.text;
}

function repeat(run: Run, value: Datum, times: number): Datum | undefined {
  const count = Math.max(0, times);
  if (typeof value === 'string') {
    run.spend(value.length * count);
    return value.repeat(count);
  }
  if (!isList(value)) return undefined;
  run.step(value.length * count);
  const items: Datum[] = [];
  for (let i = 0; i < count; i++) items.push(...value);
  return value instanceof Tuple ? tuple(items) : items;
}

/** `-value` and `+value`. */
export function signed(run: Run, negative: boolean, value: Datum): Datum {
  if (value instanceof Undefined) throw value.toError();
  if (isInteger(value)) return integer(negative ? -toBigInt(value) : toBigInt(value));
  if (isNumber(value)) return float(negative ? -toNumber(value) : toNumber(value));
  throw run.fail(`"${negative ? '-' : '+'}" does not fit ${typeName(value)}`);
}

/** The value as a float object or number, for functions that always give floats. */
export function asFloat(value: number | bigint | boolean | Float): number | Float {
  return float(toNumber(value));
}
