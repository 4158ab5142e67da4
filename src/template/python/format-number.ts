import { showFloat, toFixed } from './number.ts';

/** How a number is laid out: Python's format specification without its type. */
export interface NumberLayout {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  readonly alternate: boolean;
  readonly width: number;
  readonly group: string;
  readonly precision: number | undefined;
}

/** Text set within a width: `<` left, `>` right, `^` centre, `=` after the sign. */
export function pad(text: string, width: number, align: string, fill: string): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (align === '<') return text + fill.repeat(missing);
  if (align === '^') return fill.repeat(Math.floor(missing / 2)) + text + fill.repeat(Math.ceil(missing / 2));
  if (align !== '=') return fill.repeat(missing) + text;
  const signEnd = /^[-+ ]?(0[xXoObB])?/.exec(text)?.[0].length ?? 0;
  return text.slice(0, signEnd) + fill.repeat(missing) + text.slice(signEnd);
}

/** An integer in a base with prefix, grouping and sign, not yet padded. */
export function integerDigits(value: bigint, type: string, layout: NumberLayout): string {
  const bases: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16 };
  const base = bases[type] ?? 10;
  let digits = (value < 0n ? -value : value).toString(base);
  if (type === 'X') digits = digits.toUpperCase();
  const grouped = layout.group === '' ? digits : groupDigits(digits, layout.group, base === 10 ? 3 : 4);
  const prefix = layout.alternate && base !== 10 ? `0${type}` : '';
  return signOf(value < 0n, layout.sign) + prefix + grouped;
}

/** A float in one of Python's presentations, not yet padded. */
export function floatDigits(value: number, type: string, layout: NumberLayout): string {
  const negative = value < 0 || Object.is(value, -0);
  const magnitude = Math.abs(value);
  let text = floatBody(magnitude, type, layout);
  if (type === 'F' || type === 'E' || type === 'G') text = text.toUpperCase();
  if (layout.group !== '') {
    const [whole = '', ...rest] = text.split('.');
    text = [groupDigits(whole, layout.group, 3), ...rest].join('.');
  }
  return signOf(negative, layout.sign) + text;
}

function floatBody(magnitude: number, type: string, layout: NumberLayout): string {
  if (!Number.isFinite(magnitude))
    return (Number.isNaN(magnitude) ? 'nan' : 'inf') + (type === '%' ? '%' : '');
  const precision = layout.precision ?? 6;
  switch (type.toLowerCase()) {
    case 'f':
      return toFixed(magnitude, precision) + (layout.alternate && precision === 0 ? '.' : '');
    case '%':
      return `${toFixed(magnitude * 100, precision)}%`;
    case 'e':
      return exponential(magnitude, precision);
    case 'g':
    case 'n':
      return general(magnitude, layout.precision ?? 6, layout.alternate);
    default:
      return layout.precision === undefined
        ? showFloat(magnitude)
        : generalFloat(magnitude, layout.precision);
  }
}

function exponential(magnitude: number, precision: number): string {
  const [digits, power = '0'] = exponentialEven(magnitude, Math.min(precision, 100)).split('e');
  const exponent = Number(power);
  return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** As `toExponential`, but with exact ties to even as in Python. */
function exponentialEven(magnitude: number, precision: number): string {
  const text = magnitude.toExponential(precision);
  const [digits = '', power = '0'] = text.split('e');
  if (!/[13579]$/.test(digits) || precision >= 60) return text;
  const exact = magnitude.toExponential(100);
  const places = precision + 1 + (precision === 0 ? 0 : 1);
  const isTie = /^\.?50*e/.test(exact.slice(places)) && exact.endsWith(`e${power}`);
  return isTie ? `${exact.slice(0, places)}e${power}` : text;
}

function general(magnitude: number, givenPrecision: number, alternate: boolean): string {
  const precision = Math.min(Math.max(givenPrecision, 1), 100);
  const exponent = magnitude === 0 ? 0 : Number(magnitude.toExponential(precision - 1).split('e')[1]);
  if (exponent < -4 || exponent >= precision) {
    const [digits = '', power] = exponential(magnitude, precision - 1).split('e');
    return `${alternate ? digits : trimZeros(digits)}e${power}`;
  }
  const text = toFixed(magnitude, precision - 1 - exponent);
  return alternate ? text : trimZeros(text);
}

/** `format(1.0, ".3")` keeps one decimal where `g` would drop it. */
function generalFloat(magnitude: number, precision: number): string {
  const text = general(magnitude, precision, false);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function groupDigits(digits: string, separator: string, size: number): string {
  const parts: string[] = [];
  for (let end = digits.length; end > 0; end -= size)
    parts.unshift(digits.slice(Math.max(0, end - size), end));
  return parts.join(separator);
}

function signOf(negative: boolean, sign: string): string {
  if (negative) return '-';
  return sign === '+' || sign === ' ' ? sign : '';
}
