import { type Datum, type Run, Tuple, Undefined } from '../datum.ts';
import { dictGet, isDict } from './dict.ts';
import { floatDigits, integerDigits, type NumberLayout, pad } from './format-number.ts';
import { isNumber, toBigInt, toNumber } from './number.ts';
import { ascii, represent, toText } from './text.ts';
import { isInteger, typeName } from './types.ts';

const directive = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?[hlL]?([\s\S]?)/g;
const maxWidth = 1_000_000;

/**
 * Python's `text % values`.
 *
 * @throws TemplateError when directives and values do not fit.
 */
export function formatPercent(run: Run, text: string, given: Datum): string {
  const values = given instanceof Tuple ? [...given] : [given];
  let next = 0;
  let named = false;
  const take = (): Datum => {
    const value = values[next++];
    if (value === undefined) throw run.fail('not enough values for the format string');
    return value;
  };
  const result = text.replace(directive, (whole, name, flags, width, precision, type) => {
    if (type === '%') return '%';
    if (type === '') throw run.fail('the format string ends in the middle of a directive');
    const size = widthOf(run, width, take);
    const digits = precision === undefined ? undefined : widthOf(run, precision, take);
    if (name !== undefined) named = true;
    const value = name === undefined ? take() : namedValue(run, given, name);
    return formatDirective(run, whole, { flags, size: size ?? 0, digits, type }, value);
  });
  if (!named && next < values.length && !isDict(given) && !Array.isArray(values[0])) {
    throw run.fail('not all values were used by the format string');
  }
  run.spend(result.length);
  return result;
}

function widthOf(run: Run, text: string | undefined, take: () => Datum): number | undefined {
  if (text === undefined) return undefined;
  const value = text === '*' ? take() : Number(text);
  if (typeof value !== 'number') throw run.fail('"*" in a format string needs an integer');
  if (Math.abs(value) > maxWidth) throw run.fail('the width in the format string is too large');
  return value;
}

function namedValue(run: Run, given: Datum, name: string): Datum {
  if (!isDict(given)) throw run.fail('the format string names values, so it needs a mapping');
  const value = dictGet(given, name);
  if (value === undefined) throw run.fail(`the mapping for the format string has no key "${name}"`);
  return value;
}

interface Directive {
  readonly flags: string;
  readonly size: number;
  readonly digits: number | undefined;
  readonly type: string;
}

function formatDirective(run: Run, whole: string, directive: Directive, value: Datum): string {
  const { flags, type, digits } = directive;
  if (value instanceof Undefined) throw value.toError();
  const layout: NumberLayout = {
    fill: ' ',
    align: '>',
    sign: flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '',
    alternate: flags.includes('#'),
    width: directive.size,
    group: '',
    precision: digits,
  };
  const numeric = 'diouxXeEfFgG'.includes(type);
  const body = numeric ? formatNumber(run, type, layout, value) : formatText(run, whole, type, digits, value);
  const left = flags.includes('-') || directive.size < 0;
  const zero = numeric && flags.includes('0') && !left;
  return pad(body, Math.abs(directive.size), left ? '<' : zero ? '=' : '>', zero ? '0' : ' ');
}

function formatNumber(run: Run, type: string, layout: NumberLayout, value: Datum): string {
  if (!isNumber(value)) throw run.fail(`"%${type}" needs a number, not ${typeName(value)}`);
  if (!'diouxX'.includes(type)) return floatDigits(toNumber(value), type, layout);
  if (!isInteger(value) && 'xXo'.includes(type))
    throw run.fail(`"%${type}" needs an integer, not ${typeName(value)}`);
  const whole = isInteger(value) ? toBigInt(value) : BigInt(Math.trunc(toNumber(value)));
  const text = integerDigits(whole, type === 'i' || type === 'u' ? 'd' : type, layout);
  const sign = /^[-+ ]/.test(text) ? text.slice(0, 1) : '';
  return layout.precision === undefined
    ? text
    : sign + text.slice(sign.length).padStart(layout.precision, '0');
}

function formatText(run: Run, whole: string, type: string, digits: number | undefined, value: Datum): string {
  if (type === 'c') return isInteger(value) ? String.fromCodePoint(Number(value)) : toText(run, value);
  if (type !== 's' && type !== 'r' && type !== 'a')
    throw run.fail(`"${whole}" is no directive of a format string`);
  const text = type === 's' ? toText(run, value) : type === 'r' ? represent(run, value) : ascii(run, value);
  return digits === undefined ? text : [...text].slice(0, digits).join('');
}
