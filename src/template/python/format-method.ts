import { type CallArguments, type Datum, type Run, Undefined } from '../datum.ts';
import { floatDigits, integerDigits, type NumberLayout, pad } from './format-number.ts';
import { isNumber, toBigInt, toNumber } from './number.ts';
import { ascii, represent, toText } from './text.ts';
import { isFloat, isInteger, isText, typeName } from './types.ts';

const field = /\{\{|\}\}|\{([^{}!:]*)(?:!([rsa]))?(?::((?:[^{}]|\{[^{}]*\})*))?\}|[{}]/g;
const specification =
  /^(?:([\s\S])(?=[<>=^]))?([<>=^])?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGnosxX%])?$/u;
const maxWidth = 1_000_000;

/** Reads attributes and items of a value, as `.` and `[]` do; given by the caller. */
export type ReadMember = (run: Run, target: Datum, name: string, isItem: boolean) => Datum;

/**
 * Python's `text.format(…)`.
 *
 * @throws TemplateError when a field has no value or its layout does not fit.
 */
export function formatMethod(run: Run, text: string, given: CallArguments, read: ReadMember): string {
  let automatic = 0;
  let numbered = false;
  const fieldValue = (name: string): Datum => {
    const [head = '', ...path] = name.match(/^[^.[]*|\.[^.[]+|\[[^\]]+\]/g) ?? [];
    numbered ||= /^\d+$/.test(head);
    const key = head === '' ? String(automatic++) : head;
    if (numbered && automatic > 0) throw run.fail('a format string has either "{}" or "{0}", not both');
    const first = /^\d+$/.test(key) ? given.positional[Number(key)] : given.named?.get(key);
    if (first === undefined) throw run.fail(`the format string asks for "${key}", which is not given`);
    return path.reduce<Datum>((value, step) => readStep(run, value, step, read), first);
  };
  const result = text.replace(field, (whole, name, conversion, layout) => {
    if (whole === '{{') return '{';
    if (whole === '}}') return '}';
    if (name === undefined) throw run.fail(`a single "${whole}" in a format string; write it twice`);
    const value = fieldValue(name.trim());
    if (value instanceof Undefined) throw value.toError();
    const spec = (layout ?? '').replace(/\{([^{}]*)\}/g, (_: string, inner: string) =>
      toText(run, fieldValue(inner)),
    );
    const converted = conversion === undefined ? value : convert(run, conversion, value);
    return formatValue(run, converted, spec);
  });
  run.spend(result.length);
  return result;
}

function convert(run: Run, conversion: string, value: Datum): string {
  if (conversion === 's') return toText(run, value);
  return conversion === 'r' ? represent(run, value) : ascii(run, value);
}

function readStep(run: Run, value: Datum, step: string, read: ReadMember): Datum {
  const isItem = step.startsWith('[');
  return read(run, value, isItem ? step.slice(1, -1) : step.slice(1), isItem);
}

/** Python's `format(value, specification)`. */
function formatValue(run: Run, value: Datum, spec: string): string {
  if (spec === '') return toText(run, value);
  const { layout, type } = readLayout(run, spec);
  if (isNumber(value) && !(typeof value === 'boolean' && type === '')) {
    if (type === 's') throw run.fail(`"s" in a format string does not fit ${typeName(value)}`);
    return pad(formatNumber(run, value, type, layout), layout.width, layout.align || '>', layout.fill);
  }
  if (typeof value === 'boolean')
    return pad(toText(run, value), layout.width, layout.align || '>', layout.fill);
  if (typeName(value) !== 'str' && !isText(value))
    throw run.fail(`"${spec}" lays out no ${typeName(value)}; add "!s"`);
  if (type !== '' && type !== 's')
    throw run.fail(`"${type}" in a format string does not fit ${typeName(value)}`);
  const text = toText(run, value);
  const cut = layout.precision === undefined ? text : [...text].slice(0, layout.precision).join('');
  const align = layout.align === '' || layout.align === '=' ? '<' : layout.align;
  return pad(cut, layout.width, align, layout.fill);
}

function readLayout(run: Run, spec: string): { readonly layout: NumberLayout; readonly type: string } {
  const match = specification.exec(spec);
  if (match === null) throw run.fail(`"${spec}" is no layout of a format string`);
  const [, fill, align, sign = '', alternate, zero, width, group = '', precision, type = ''] = match;
  const layout: NumberLayout = {
    fill: fill ?? (zero === undefined ? ' ' : '0'),
    align: align ?? (zero === undefined ? '' : '='),
    sign,
    alternate: alternate !== undefined,
    width: Number(width ?? 0),
    group,
    precision: precision === undefined ? undefined : Number(precision),
  };
  if (layout.width > maxWidth) throw run.fail('the width in the format string is too large');
  return { layout, type };
}

function formatNumber(run: Run, value: Datum, type: string, layout: NumberLayout): string {
  if (!isNumber(value)) throw run.fail(`"${type}" in a format string does not fit ${typeName(value)}`);
  const asFloat = 'eEfFgG%'.includes(type) && type !== '';
  if (isInteger(value) && !asFloat) {
    if (type === 'c') return String.fromCodePoint(Number(value));
    return integerDigits(toBigInt(value), type, layout);
  }
  if (isFloat(value) && !asFloat && type !== '' && type !== 'n') {
    throw run.fail(`"${type}" in a format string does not fit a float`);
  }
  return floatDigits(toNumber(value), type, layout);
}
