import { search } from 'jmespath';
import { Float } from '../../model/value.ts';
import { textArgument } from '../arguments.ts';
import { type Datum, type Run, TemplateObject, Undefined } from '../datum.ts';
import { type Native, native } from '../native.ts';
import { dictEntries, isDict } from '../python/dict.ts';
import { tryItemsOf } from '../python/iterate.ts';
import { toText } from '../python/text.ts';
import { isList, isText } from '../python/types.ts';
import { revealSecrets } from './reveal-secrets.ts';

/** A value as the query language sees it. */
type Plain = string | number | bigint | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** The collections that were made plain, and what they were: what a query only passes on comes out as it went in. */
type Origins = Map<unknown, Datum>;

function plain(run: Run, value: Datum, origins: Origins): Plain {
  run.step();
  if (value instanceof Undefined) throw value.toError();
  if (value instanceof Float) return value.value;
  if (isText(value)) return toText(run, value);
  const items =
    isList(value) || !(value instanceof TemplateObject) || isDict(value) ? value : tryItemsOf(run, value);
  if (isList(items))
    return remember(
      items.map((item) => plain(run, item, origins)),
      value,
      origins,
    );
  if (isDict(value)) {
    // Without a prototype, a query for a name such as "constructor" finds nothing that is not there.
    const made: Record<string, Plain> = Object.create(null);
    for (const [key, item] of dictEntries(value)) made[toText(run, key)] = plain(run, item, origins);
    return remember(made, value, origins);
  }
  return typeof value === 'object' && value !== null ? toText(run, value) : value;
}

function remember<Made>(made: Made, from: Datum, origins: Origins): Made {
  origins.set(made, from);
  return made;
}

function fromPlain(run: Run, value: unknown, origins: Origins): Datum {
  run.step();
  const origin = origins.get(value);
  if (origin !== undefined) return origin;
  if (Array.isArray(value)) return value.map((item: unknown) => fromPlain(run, item, origins));
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value;
    case 'object':
      if (value === null) return null;
      return new Map(Object.entries(value).map(([key, item]) => [key, fromPlain(run, item, origins)]));
    default:
      return null;
  }
}

/** `json_query`: what an expression of the query language JMESPath finds in a value; None where it finds nothing. */
export const jsonQuery: Native = native('data, expr', (run: Run, data: Datum, expression: Datum) => {
  const origins: Origins = new Map();
  const from = plain(run, revealSecrets(run, data), origins);
  const text = textArgument(run, expression, 'expr');
  let found: unknown;
  try {
    found = search(from, text);
  } catch (error) {
    throw run.fail(
      `"json_query" cannot carry out "${text}": ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return fromPlain(run, found, origins);
});
