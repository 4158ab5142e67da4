import { Float, Secret } from '../../model/value.ts';
import { type Datum, Markup, TemplateObject, Tuple, Undefined } from '../datum.ts';
import { dictSize, isDict } from './dict.ts';

/** The name of a value's type as Python says it. */
export function typeName(value: Datum): string {
  switch (typeof value) {
    case 'string':
      return 'str';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    default:
      return objectTypeName(value);
  }
}

function objectTypeName(value: Datum): string {
  if (value === null) return 'NoneType';
  if (value instanceof Float) return 'float';
  if (value instanceof Secret) return 'str';
  if (value instanceof Undefined) return 'Undefined';
  if (value instanceof TemplateObject) return value.typeName;
  if (value instanceof Tuple) return 'tuple';
  return Array.isArray(value) ? 'list' : 'dict';
}

/** Whether a value is text: a string, or HTML. */
export function isText(value: Datum | undefined): value is string | Markup {
  return typeof value === 'string' || value instanceof Markup;
}

/** Whether a value is an integer; Python counts True and False as such. */
export function isInteger(value: Datum | undefined): value is number | bigint | boolean {
  if (typeof value === 'number') return Number.isInteger(value);
  return typeof value === 'bigint' || typeof value === 'boolean';
}

/** Whether a value is a float. */
export function isFloat(value: Datum | undefined): value is number | Float {
  return value instanceof Float || (typeof value === 'number' && !Number.isInteger(value));
}

/** Whether a value is a list or tuple. */
export function isList(value: Datum | undefined): value is readonly Datum[] {
  return Array.isArray(value);
}

/**
 * Whether a value counts as true.
 *
 * @throws TemplateError when it is undefined.
 */
export function isTruthy(value: Datum): boolean {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return value !== '';
    case 'number':
      return value !== 0;
    case 'bigint':
      return value !== 0n;
    default:
      return isTruthyObject(value);
  }
}

function isTruthyObject(value: Datum): boolean {
  if (value === null) return false;
  if (value instanceof Undefined) {
    if (value.silent) return false;
    throw value.toError();
  }
  if (value instanceof Float) return value.value !== 0;
  if (value instanceof Secret) return value.reveal() !== '';
  if (value instanceof Markup) return value.text !== '';
  if (Array.isArray(value)) return value.length > 0;
  if (isDict(value)) return dictSize(value) > 0;
  return value instanceof TemplateObject ? value.size !== 0 : true;
}
