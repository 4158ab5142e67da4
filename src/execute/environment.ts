import { failure } from '../model/diagnostic.ts';
import { Float, isValueMap, Secret, Unsafe, type Value } from '../model/value.ts';
import { TemplateError } from '../template/errors.ts';
import { describe } from './lookups/lookup.ts';
import type { StepScope } from './step-scope-port.ts';

/**
 * The variables of `environment`, rendered, a later mapping over an earlier one. Secrets stay secrets.
 *
 * @throws RunbookError RB602 for an entry that is no mapping, a name that no shell can hold, or a value that is no scalar.
 */
export function renderEnvironment(
  layers: readonly Value[],
  scope: StepScope,
): Readonly<Record<string, string | Secret>> {
  const env: Record<string, string | Secret> = Object.create(null);
  for (const layer of layers) {
    const rendered = scope.value(layer);
    for (const [name, value] of entries(rendered)) {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
        throw failure('RB602', `environment: ${JSON.stringify(name)} cannot be the name of a variable`);
      env[name] = textOf(name, value);
    }
  }
  return env;
}

/** A mapping of `environment` as one mapping for each variable; what is no mapping as it is. */
export function singleVariables(layer: Value): readonly Value[] {
  return isValueMap(layer) ? Object.entries(layer).map(([name, value]) => ({ [name]: value })) : [layer];
}

/** Whether a value can be rendered with what is known. */
export function isKnown(value: Value, scope: StepScope): boolean {
  try {
    scope.value(value);
    return true;
  } catch (error) {
    if (error instanceof TemplateError) return false;
    throw error;
  }
}

function entries(value: Value): [string, Value][] {
  // An empty template is an environment without variables.
  if (value === null || value === '') return [];
  if (value instanceof Unsafe) return entries(value.value);
  if (value instanceof Map) return [...value].map(([key, entry]) => [String(key), entry]);
  if (Array.isArray(value)) return value.flatMap((entry: Value) => entries(entry));
  if (isValueMap(value)) return Object.entries(value);
  throw failure('RB602', `environment must be a mapping, but is ${describe(value)}`);
}

function textOf(name: string, value: Value): string | Secret {
  if (typeof value === 'string' || value instanceof Secret) return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null) return '';
  if (value instanceof Unsafe) return textOf(name, value.value);
  if (value instanceof Float) return Number.isInteger(value.value) ? `${value.value}.0` : String(value.value);
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw failure('RB602', `environment: ${name} must be a text, but is ${describe(value)}`);
}
