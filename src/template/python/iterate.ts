import { Secret } from '../../model/value.ts';
import { type Datum, Markup, type Run, TemplateObject, Undefined } from '../datum.ts';
import { dictKeys, dictSize, isDict } from './dict.ts';
import { typeName } from './types.ts';

/**
 * The items of a value: a list's items, a mapping's keys, a text's characters.
 *
 * @throws TemplateError when the value has no items, or is undefined.
 */
export function itemsOf(run: Run, value: Datum): readonly Datum[] {
  const items = tryItemsOf(run, value);
  if (items === undefined) throw run.fail(`a value of type ${typeName(value)} cannot be iterated over`);
  return items;
}

/** As `itemsOf`, but undefined where the value has no items. */
export function tryItemsOf(run: Run, value: Datum): readonly Datum[] | undefined {
  if (Array.isArray(value)) return value;
  if (value instanceof Undefined) {
    if (value.silent) return [];
    throw value.toError();
  }
  if (typeof value === 'string') return [...value];
  if (value instanceof Markup) return [...value.text];
  if (value instanceof Secret) return [...run.open(value)].map((c) => new Secret(c, value.name));
  if (isDict(value)) return dictKeys(value);
  if (!(value instanceof TemplateObject)) return undefined;
  const items = value.iterate(run);
  if (items === undefined) return undefined;
  const list: Datum[] = [];
  for (const item of items) {
    run.step();
    list.push(item);
  }
  return list;
}

/** How many characters a text has, counted as Python counts. */
export function textLength(text: string): number {
  // Only surrogates make the count differ from the length.
  if (!/[\ud800-\udfff]/.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** The length of a value, or undefined where it has none. */
export function lengthOf(value: Datum): number | undefined {
  if (value instanceof Undefined) throw value.toError();
  if (typeof value === 'string') return textLength(value);
  if (value instanceof Markup) return textLength(value.text);
  if (value instanceof Secret) return textLength(value.reveal());
  if (Array.isArray(value)) return value.length;
  if (isDict(value)) return dictSize(value);
  return value instanceof TemplateObject ? value.size : undefined;
}
