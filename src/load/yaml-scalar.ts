import type { Dialect } from '../model/document.ts';
import { Float } from '../model/value.ts';

/** What a scalar can be. `'imprecise'` is no string value but the verdict on a number that no double can hold. */
export type PlainScalar = { readonly value: string | number | bigint | boolean | null | Float } | 'imprecise';

const word = /^(?:~|null|Null|NULL)?$/;
const booleanWord = /^(?:true|True|TRUE|false|False|FALSE)$/;
const oldBooleanWord = /^(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/;
const truth = /^(?:true|yes|on)$/i;
const octal = /^0o?([0-7]+)$/;
const leadingZero = /^[-+]?0[0-9]+$/;
const integer = /^[-+]?[0-9]+$/;
const hexadecimal = /^[-+]?0x[0-9a-fA-F]+$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const infinity = /^([-+]?)\.(?:inf|Inf|INF)$/;
const notNumber = /^\.(?:nan|NaN|NAN)$/;
const oldInteger = /^[-+]?(?:0|[1-9][0-9_]*)$/;
const oldHexadecimal = /^[-+]?0x[0-9a-fA-F_]+$/;
const oldBinary = /^[-+]?0b[01_]+$/;
const oldFloat = /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)$/;
const oldOctal = /^[-+]?0[0-7_]+$/;
const sexagesimal = /^([-+]?)([0-9][0-9_]*(?::[0-5]?[0-9])+)(\.[0-9_]*)?$/;

/**
 * Reads an unquoted scalar. Numbers with a leading zero and octal numbers stay text (`0644` and `0o644` are `"0644"`
 * in both dialects): they are file modes, postcodes or phone numbers, and nearly never what a decimal reading gives.
 */
export function readPlainScalar(source: string, dialect: Dialect): PlainScalar {
  return readScalar(source, dialect, false);
}

/** As `readPlainScalar` in Ansible's dialect, but as YAML 1.1 says to the letter: `010` is 8, `0o7` and `08` are text. */
export function readOldScalar(source: string): PlainScalar {
  return readScalar(source, 'ansible', true);
}

function readScalar(source: string, dialect: Dialect, isExact: boolean): PlainScalar {
  // Most scalars are words: one look at the first character spares them all that follows.
  if (!/^[-+.~0-9nNtTfFyYoO]|^$/.test(source)) return { value: source };
  if (word.test(source)) return { value: null };
  if (booleanWord.test(source)) return { value: truth.test(source) };
  if (isExact && oldOctal.test(source)) return { value: fromOctal(source.replaceAll('_', '')) };
  const asOctal = isExact ? null : octal.exec(source);
  if (asOctal?.[1] !== undefined && source !== '0')
    return { value: `0${asOctal[1].replace(/^0+(?=.)/, '')}` };
  if (leadingZero.test(source)) return { value: source };
  const infinite = infinity.exec(source);
  if (infinite) return { value: infinite[1] === '-' ? -Infinity : Infinity };
  if (notNumber.test(source)) return { value: Number.NaN };
  return dialect === 'native' ? readNumber(source) : readOldNumber(source);
}

function readNumber(source: string): PlainScalar {
  if (integer.test(source) || hexadecimal.test(source)) return { value: toInteger(source) };
  if (float.test(source)) return toFloat(source);
  return { value: source };
}

function readOldNumber(source: string): PlainScalar {
  if (oldBooleanWord.test(source)) return { value: truth.test(source) };
  const bare = source.replaceAll('_', '');
  if (oldInteger.test(source) || oldHexadecimal.test(source) || oldBinary.test(source)) {
    return { value: toInteger(bare) };
  }
  if (oldFloat.test(source)) return toFloat(bare);
  const sixties = sexagesimal.exec(bare);
  if (sixties) return readSexagesimal(sixties, source);
  return { value: source };
}

function readSexagesimal(match: RegExpExecArray, source: string): PlainScalar {
  const [, sign = '', digits = '', fraction] = match;
  // An integer of this form starts with a nonzero digit; 0:30 and 00:30 are text, 0:30.5 is a float.
  if (fraction === undefined && digits.startsWith('0')) return { value: source };
  const total =
    digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(`0${fraction ?? ''}`);
  const signed = sign === '-' ? -total : total;
  return { value: fraction === undefined ? signed : floatValue(signed) };
}

function fromOctal(text: string): number | bigint {
  const value = toInteger(`0o${text.replace(/^[-+]?0/, '')}`);
  return text.startsWith('-') ? -value : value;
}

/** An integer written in decimal, `0x`, `0o` or `0b`, as a number or, beyond 2^53, as a bigint. */
function toInteger(text: string): number | bigint {
  const negative = text.startsWith('-');
  const digits = text.replace(/^[-+]/, '');
  const small = Number(digits);
  if (Number.isSafeInteger(small)) return negative ? 0 - small : small;
  const big = BigInt(digits);
  return negative ? -big : big;
}

function toFloat(text: string): PlainScalar {
  const value = Number(text);
  const significant = text
    .replace(/[eE].*$/, '')
    .replace(/[-+.]/g, '')
    .replace(/^0+/, '')
    .replace(/0+$/, '');
  if (!Number.isFinite(value) || significant.length > 17) return 'imprecise';
  return { value: floatValue(value) };
}

function floatValue(value: number): number | Float {
  return Number.isInteger(value) ? new Float(value) : value;
}
