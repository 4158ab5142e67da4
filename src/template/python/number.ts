import { Float } from '../../model/value.ts';
import type { Datum } from '../datum.ts';
import { isFloat, isInteger } from './types.ts';

/** A number as the model holds it: an integer within 2^53 as `number`, beyond as `bigint`. */
export function integer(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** A float, so marked that it stays one when its value is integral. */
export function float(value: number): number | Float {
  return Number.isInteger(value) ? new Float(value) : value;
}

/** Whether a value is a number; Python counts True and False as such. */
export function isNumber(value: Datum | undefined): value is number | bigint | boolean | Float {
  return isInteger(value) || isFloat(value);
}

/** The value of a number as a JavaScript number; large integers lose digits. */
export function toNumber(value: number | bigint | boolean | Float): number {
  return value instanceof Float ? value.value : Number(value);
}

/** The value of an integer as a bigint. */
export function toBigInt(value: number | bigint | boolean): bigint {
  return BigInt(value);
}

/** An integer as Python prints it. */
export function showInteger(value: number | bigint): string {
  if (typeof value === 'bigint') return value.toString();
  return Number.isSafeInteger(value) ? String(value) : BigInt(value).toString();
}

/** A float as Python prints it: `1.0`, `1e-07`, `1e+20`, `inf`. */
export function showFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-4 && magnitude < 1e16) {
    const text = magnitude < 1e-6 ? value.toFixed(20) : String(value);
    return /[.e]/.test(text) ? text : `${text}.0`;
  }
  const [digits, exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** Floor division of integers, as Python does it: towards minus infinity. */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

/** The remainder of integers with the sign of the divisor. */
export function floorModulo(a: bigint, b: bigint): bigint {
  const remainder = a % b;
  return remainder !== 0n && remainder < 0n !== b < 0n ? remainder + b : remainder;
}

/** The remainder of floats with the sign of the divisor. */
export function floatModulo(a: number, b: number): number {
  const remainder = a % b;
  if (remainder === 0) return b < 0 ? -0 : 0;
  return remainder < 0 !== b < 0 ? remainder + b : remainder;
}

/** A float with a fixed number of decimals, exact ties to even as in Python. */
export function toFixed(value: number, decimals: number): string {
  const magnitude = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (magnitude >= 1e21) {
    const whole = BigInt(magnitude).toString();
    return sign + (decimals > 0 ? `${whole}.${'0'.repeat(decimals)}` : whole);
  }
  const places = Math.min(decimals, 100);
  const text = magnitude.toFixed(places);
  const padded = decimals > 100 ? text + '0'.repeat(decimals - 100) : text;
  return sign + (isTieRoundedOdd(magnitude, places, text) ? roundedDown(text) : padded);
}

function isTieRoundedOdd(magnitude: number, places: number, rounded: string): boolean {
  if (places >= 60 || !/[13579]$/.test(rounded)) return false;
  const exact = magnitude.toFixed(100);
  const rest = exact.slice(exact.indexOf('.') + 1 + places);
  return /^50*$/.test(rest);
}

function roundedDown(text: string): string {
  const digits = BigInt(text.replace('.', '')) - 1n;
  const point = text.indexOf('.');
  const decimals = point === -1 ? 0 : text.length - point - 1;
  const padded = digits.toString().padStart(decimals + 1, '0');
  return decimals === 0 ? padded : `${padded.slice(0, -decimals)}.${padded.slice(-decimals)}`;
}

/** Rounds as Python's `round(value, decimals)` does. */
export function roundFloat(value: number, decimals: number): number {
  if (!Number.isFinite(value)) return value;
  if (decimals >= 0) return Number(toFixed(value, Math.min(decimals, 100)));
  const scale = 10 ** -decimals;
  return Number(toFixed(value / scale, 0)) * scale;
}
