import { Float, Secret, type Value } from '../model/value.ts';
import { Bytes, type Datum, Markup, type Run, type TemplateObject, Tuple, Undefined } from './datum.ts';
import { LazyMapping } from './lazy-mapping.ts';
import { omitMark } from './omit.ts';
import { type Dict, dictEntries, isDict } from './python/dict.ts';
import { tryItemsOf } from './python/iterate.ts';
import { toText } from './python/text.ts';

/**
 * What an expression came to as a value that may leave the template: tuples and ranges are lists, lazy mappings are
 * read whole, HTML is text.
 *
 * @throws TemplateError when it is or holds something undefined, or a function.
 */
export function toValue(run: Run, datum: Datum): Value {
  if (typeof datum !== 'object' || datum === null) return datum;
  if (datum instanceof Undefined) {
    if (datum.silent) return '';
    throw datum.toError();
  }
  if (datum instanceof Secret || datum instanceof Float) return datum;
  run.step();
  if (datum === omitMark) return omitMark;
  if (Array.isArray(datum)) return listValue(run, datum);
  if (isDict(datum)) return dictValue(run, datum);
  return objectValue(run, datum as TemplateObject);
}

function listValue(run: Run, list: readonly Datum[]): readonly Value[] {
  const items = list.map((item) => toValue(run, item));
  const same = !(list instanceof Tuple) && items.every((item, i) => item === list[i]);
  // Every item came out as it was, so all of them are values.
  return same ? (list as readonly Value[]) : items;
}

function dictValue(run: Run, dict: Dict): Value {
  const entries = dictEntries(dict);
  const values = entries.map(([key, item]) => [toValue(run, key), toValue(run, item)] as const);
  const same = values.every(([, item], i) => item === entries[i]?.[1]);
  const isModel = !(dict instanceof LazyMapping) && !(dict instanceof Map);
  // Every item came out as it was, so all of them are values.
  if (same && isModel) return dict as Value;
  const keepsOrder = values.every(([key]) => typeof key === 'string' && !/^(?:0|[1-9]\d{0,9})$/.test(key));
  if (!keepsOrder) return new Map(values);
  return Object.fromEntries(values);
}

function objectValue(run: Run, object: TemplateObject): Value {
  if (object instanceof Markup) return object.text;
  if (object instanceof Bytes) return Buffer.from(object.bytes).toString('utf8');
  if (object.isCallable)
    throw run.fail(`${object.show(run)} is no value that can leave a template; is a call missing?`);
  const items = tryItemsOf(run, object);
  return items === undefined ? toText(run, object) : listValue(run, items);
}
