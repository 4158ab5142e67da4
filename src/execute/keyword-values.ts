import { parseDurationMs } from '../lib/duration.ts';
import { failure } from '../model/diagnostic.ts';
import { Float, Secret, Unsafe, type Value } from '../model/value.ts';
import { describe } from './lookups/lookup.ts';
import type { StepScope } from './step-scope-port.ts';

/** A keyword that is on or off; `otherwise` where it is not written. RB602 names it when it is neither. */
export function flagKeyword(
  value: Value | undefined,
  name: string,
  scope: StepScope,
  otherwise: boolean,
): boolean {
  if (value === undefined || value === null) return otherwise;
  if (typeof value === 'boolean') return value;
  const rendered = plainScalar(scope.value(value));
  const flag = readFlag(rendered);
  if (flag === undefined) throw wrongKeyword(name, 'true or false', rendered);
  return flag;
}

/** A boolean in any of YAML 1.1's spellings, or undefined. */
export function readFlag(value: Value): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 1 || value === 0) return value === 1;
  if (typeof value !== 'string') return undefined;
  const word = value.trim().toLowerCase();
  if (['true', 'yes', 'on', 'y', 't', '1'].includes(word)) return true;
  return ['false', 'no', 'off', 'n', 'f', '0', ''].includes(word) ? false : undefined;
}

/** A duration keyword in milliseconds. */
export function durationKeyword(
  value: Value | undefined,
  name: string,
  scope: StepScope,
): number | undefined {
  if (value === undefined || value === null) return undefined;
  const rendered = plainScalar(scope.value(value));
  const durationMs = parseDurationMs(rendered);
  if (durationMs === undefined) throw wrongKeyword(name, 'a duration such as 30, 500ms or 5m', rendered);
  return durationMs;
}

/** A keyword that is a whole number. */
export function countKeyword(value: Value | undefined, name: string, scope: StepScope): number | undefined {
  if (value === undefined || value === null) return undefined;
  const rendered = plainScalar(scope.value(value));
  const count = typeof rendered === 'string' && /^-?\d+$/.test(rendered.trim()) ? Number(rendered) : rendered;
  if (typeof count !== 'number' || !Number.isInteger(count))
    throw wrongKeyword(name, 'a whole number', rendered);
  return count;
}

/** A keyword that is a text; an empty one counts as not written. */
export function textKeyword(value: Value | undefined, name: string, scope: StepScope): string | undefined {
  if (value === undefined || value === null) return undefined;
  const rendered = plainScalar(scope.value(value));
  if (typeof rendered === 'string') return rendered === '' ? undefined : rendered;
  if (typeof rendered === 'number' || typeof rendered === 'bigint') return String(rendered);
  throw wrongKeyword(name, 'a text', rendered);
}

/** A float with an integral value as a number, an unsafe or secret text as text. */
export function plainScalar(value: Value): Value {
  if (value instanceof Float) return value.value;
  if (value instanceof Unsafe) return plainScalar(value.value);
  return value instanceof Secret ? value.reveal() : value;
}

function wrongKeyword(name: string, expected: string, found: Value): Error {
  const shown = typeof found === 'string' ? JSON.stringify(found) : describe(found);
  return failure('RB602', `${name} must be ${expected}, but is ${shown}`);
}
