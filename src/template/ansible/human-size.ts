import type { Run } from '../datum.ts';
import { roundFloat, toFixed } from '../python/number.ts';

const units = ['', 'K', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];

/** `1.50 MB`: a size for people, in units of 1024. */
export function humanBytes(run: Run, size: number, isBits: boolean, unit: string | undefined): string {
  const base = isBits ? 'bits' : 'Bytes';
  const wanted = unit === undefined ? undefined : units.indexOf(unit.charAt(0).toUpperCase());
  if (wanted === -1 && !/^b/i.test(unit ?? '')) throw run.fail(`unknown unit "${unit}"`);
  let index = units.length - 1;
  if (wanted !== undefined) index = Math.max(0, wanted);
  else while (index > 0 && size < 1024 ** index) index--;
  const suffix = index === 0 ? base : `${units[index]}${isBits ? 'b' : 'B'}`;
  return `${toFixed(size / 1024 ** index, 2)} ${suffix}`;
}

/** The bytes (or bits) that `10 MB`, `1.5G` mean. */
export function bytesFromHuman(
  run: Run,
  text: string,
  defaultUnit: string | undefined,
  isBits: boolean,
): number {
  const match = /^\s*(\d+(?:\.\d*)?|\.\d+)\s*([A-Za-z]*)\s*$/.exec(text);
  if (match === null) throw run.fail(`"${text}" is no size`);
  const unit = match[2] === '' ? (defaultUnit ?? '') : (match[2] ?? '');
  const index = units.indexOf(unit.charAt(0).toUpperCase());
  if (unit === '' || /^b(?:its?|ytes?)?$/i.test(unit)) return roundFloat(Number(match[1]), 0);
  const long = /^(?:kilo|mega|giga|tera|peta|exa|zetta|yotta)(?:bits?|bytes?)?$/i.test(unit);
  const short = isBits ? /^[KMGTPEZYkmgtpezy]b?$/.test(unit) : /^[KMGTPEZYkmgtpezy]B?$/.test(unit);
  if (index < 1 || !(long || short)) throw run.fail(`"${text}" has an unknown unit "${unit}"`);
  return roundFloat(Number(match[1]) * 1024 ** index, 0);
}
