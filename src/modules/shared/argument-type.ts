import { Float, isValueMap, Secret, type Value } from '../../model/value.ts';
import type { ArgumentOption } from './argument-spec.ts';

type ArgumentType = NonNullable<ArgumentOption['type']>;

const booleanWords = /^(?:y|yes|true|on|t|1|1\.0|n|no|false|off|f|0|0\.0)$/i;
const size = /^\s*\d+(?:\.\d+)?\s*[BKMGTPEZY]?i?[bB]?(?:yte|ytes|it|its)?\s*$/;

/**
 * Whether a value is of a type, or has a form that is read as it: text of digits as a number, `yes` as a boolean, text
 * with commas as a list.
 *
 * @returns a reason, or undefined where the value fits.
 */
export function argumentFault(type: ArgumentType, value: Value): 'type' | undefined {
  return fits[type](value instanceof Secret ? value.reveal() : value) ? undefined : 'type';
}

const fits: Readonly<Record<ArgumentType, (value: Value) => boolean>> = {
  str: () => true,
  raw: () => true,
  path: (value) => typeof value === 'string',
  int: (value) =>
    typeof value === 'boolean' ||
    typeof value === 'bigint' ||
    (typeof value === 'number' && Number.isInteger(value)) ||
    value instanceof Float ||
    (typeof value === 'string' && /^\s*[-+]?\d+\s*$/.test(value)),
  float: (value) =>
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    value instanceof Float ||
    (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))),
  bool: (value) => typeof value === 'boolean' || booleanWords.test(scalarText(value)),
  list: (value) => Array.isArray(value) || typeof value === 'string' || typeof value === 'number',
  dict: (value) => isMapping(value) || (typeof value === 'string' && isMappingText(value)),
  jsonarg: (value) => typeof value === 'string' || Array.isArray(value) || isMapping(value),
  json: (value) => typeof value === 'string' || Array.isArray(value) || isMapping(value),
  bytes: (value) => size.test(scalarText(value)),
  bits: (value) => size.test(scalarText(value)),
};

function scalarText(value: Value): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function isMapping(value: Value): boolean {
  return isValueMap(value) || value instanceof Map;
}

/** JSON, or `key=value` words. */
function isMappingText(text: string): boolean {
  if (!text.trimStart().startsWith('{')) return /^\s*\w+=/.test(text);
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
