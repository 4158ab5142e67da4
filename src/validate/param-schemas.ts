import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { didYouMean } from '../lib/suggest.ts';
import { errorDiagnostic } from '../model/diagnostic.ts';
import { Secret, type Value, VaultText } from '../model/value.ts';
import { coerceText } from './coerce-text.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, keyPlace, placeOf } from './cursor.ts';
import { describeKind, toPlain } from './plain-value.ts';
import { stringFormats } from './string-formats.ts';

/**
 * Finds the value of each param: the last `-e` of its name, else the schema's `default`. Schemas and values that are
 * wrong, and params without a value, are reported.
 */
export function checkParams(params: readonly Cursor[], context: Context): Readonly<Record<string, Value>> {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    strictTuples: false,
    formats: stringFormats,
    logger: false,
  });
  const values: Record<string, Value> = {};
  for (const param of params) {
    const name = String(param.path.at(-1));
    const validate = compileSchema(ajv, param, name, context);
    if (validate === undefined) continue;
    const value = findValue(param, name, context);
    if (value === undefined) reportNoValue(param, name, context);
    else if (checkValue(validate, value.value, { param, name, origin: value.origin }, context))
      values[name] = value.value;
  }
  return values;
}

function compileSchema(
  ajv: Ajv2020,
  param: Cursor,
  name: string,
  context: Context,
): ValidateFunction | undefined {
  const schema = toPlain(param.value);
  if (
    typeof schema !== 'boolean' &&
    (typeof schema !== 'object' || schema === null || Array.isArray(schema))
  ) {
    const message = `params: expected a JSON Schema for "${name}", found ${describeKind(param.value)}`;
    const hint = `write ${name}: {type: string}`;
    context.report(errorDiagnostic('RB202', message, { at: placeOf(param), hint }));
    return undefined;
  }
  if (ajv.validateSchema(schema) !== true) {
    for (const error of deepest(ajv.errors ?? [])) reportSchemaError(param, name, error, context);
    return undefined;
  }
  try {
    return ajv.compile(schema);
  } catch (error) {
    reportCompileError(param, name, error instanceof Error ? error.message : String(error), context);
    return undefined;
  }
}

/** Of errors on one way into the schema only the deepest say something. */
function deepest(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const own = errors.filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'allOf' && keyword !== 'if');
  const seen = new Set<string>();
  return own.filter(({ instancePath }) => !seen.has(instancePath) && seen.add(instancePath));
}

function reportSchemaError(param: Cursor, name: string, error: ErrorObject, context: Context): void {
  const written = follow(param, error.instancePath);
  const key = error.instancePath.replaceAll('/', '.').slice(1);
  const subject = key === '' ? 'the schema' : `"${key}" in the schema`;
  const complaint = describeAjvError(error, written.value ?? null);
  const message = `${subject} of param "${name}" ${complaint}`;
  context.report(errorDiagnostic('RB202', message, { at: placeOf(written) }));
}

const schemaKeywords = [
  ...['type', 'enum', 'const', 'default', 'description', 'title', 'examples', 'pattern', 'format', 'minimum'],
  ...['maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'items'],
  ...['prefixItems', 'minItems', 'maxItems', 'uniqueItems', 'contains', 'properties', 'required'],
  ...['additionalProperties', 'patternProperties', 'propertyNames', 'minProperties', 'maxProperties'],
  ...['anyOf', 'oneOf', 'allOf', 'not', 'if', 'then', 'else', '$ref', '$defs', 'deprecated'],
];

function reportCompileError(param: Cursor, name: string, reason: string, context: Context): void {
  const unknown = /unknown keyword: "([^"]+)"/.exec(reason)?.[1];
  if (unknown === undefined) {
    const message = `the schema of param "${name}" cannot be used: ${reason.replace(/^strict mode: /, '')}`;
    context.report(errorDiagnostic('RB202', message, { at: placeOf(param) }));
    return;
  }
  const message = `the schema of param "${name}" has an unknown key "${unknown}"${didYouMean(unknown, schemaKeywords)}`;
  context.report(errorDiagnostic('RB201', message, { at: keyPlace(childOf(param, unknown)) }));
}

interface Found {
  readonly value: Value;
  readonly origin: 'extra' | 'default';
}

function findValue(param: Cursor, name: string, context: Context): Found | undefined {
  const layer = context.options.extraVars.findLast((one) => Object.hasOwn(one.values, name));
  const given = layer?.values[name];
  if (given !== undefined) {
    const value = typeof given === 'string' ? coerceText(given, childOf(param, 'type').value) : given;
    return { value, origin: 'extra' };
  }
  const fallback = childOf(param, 'default').value;
  return fallback === undefined ? undefined : { value: fallback, origin: 'default' };
}

function reportNoValue(param: Cursor, name: string, context: Context): void {
  context.report(
    errorDiagnostic('RB210', `param "${name}" has no value`, {
      at: keyPlace(param),
      hint: `give one with -e ${name}=..., or write a default into its schema`,
    }),
  );
}

interface Checked {
  readonly param: Cursor;
  readonly name: string;
  readonly origin: Found['origin'];
}

/** Values that are still encrypted are checked by nobody: their text is not known yet. */
function checkValue(validate: ValidateFunction, value: Value, checked: Checked, context: Context): boolean {
  if (value instanceof Secret || value instanceof VaultText) return true;
  if (validate(toPlain(value)) === true) return true;
  const { param, name, origin } = checked;
  const own = childOf(param, 'default');
  for (const error of validate.errors ?? []) {
    const where = error.instancePath.replaceAll('/', '.').slice(1);
    const part = where === '' ? '' : `"${where}" in `;
    const whose = origin === 'default' ? 'the default' : 'the value';
    const message = `${part}${whose} of param "${name}" ${describeAjvError(error, value)}`;
    const at = origin === 'default' ? placeOf(follow(own, error.instancePath)) : keyPlace(param);
    const hint = origin === 'extra' ? `give another one with -e ${name}=...` : undefined;
    context.report(errorDiagnostic('RB209', message, { at, hint }));
  }
  return false;
}

function describeAjvError(error: ErrorObject, value: Value): string {
  const allowed: unknown = error.params['allowedValues'];
  if (error.keyword === 'enum' && Array.isArray(allowed)) {
    const guess = typeof value === 'string' ? didYouMean(value, allowed.map(String)) : '';
    return `must be one of ${allowed.map((one) => JSON.stringify(one)).join(', ')}${guess}`;
  }
  return error.message ?? 'is wrong';
}

function follow(cursor: Cursor, pointer: string): Cursor {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  return keys.reduce((at, key) => childOf(at, Array.isArray(at.value) ? Number(key) : key), cursor);
}
