import { flagArgument, integerArgument, isAbsent, textArgument } from '../arguments.ts';
import {
  type Datum,
  Markup,
  orElse,
  type Run,
  TemplateObject,
  type Tuple,
  tuple,
  Undefined,
} from '../datum.ts';
import { lenient, type Native, native } from '../native.ts';
import { arithmetic } from '../python/arithmetic.ts';
import { compare } from '../python/compare.ts';
import { dictEntries, isDict } from '../python/dict.ts';
import { escapeHtml } from '../python/html.ts';
import { itemsOf, lengthOf } from '../python/iterate.ts';
import { toText } from '../python/text.ts';
import { isText, typeName } from '../python/types.ts';
import { attributeReader, ignoreCase } from './attribute.ts';
import { distinct } from './distinct.ts';

/** Items in order; stable. `keys` are compared one after the other. */
function sortBy(
  run: Run,
  items: readonly Datum[],
  keys: (item: Datum) => readonly Datum[],
  reverse: boolean,
): Datum[] {
  run.step(items.length * Math.ceil(Math.log2(items.length + 1)));
  const keyed = items.map((item) => ({ item, key: keys(item) }));
  const order = (a: { key: readonly Datum[] }, b: { key: readonly Datum[] }) => {
    for (let i = 0; i < a.key.length; i++) {
      const result = compare(run, a.key[i] ?? null, b.key[i] ?? null);
      if (result !== 0) return result;
    }
    return 0;
  };
  keyed.sort(reverse ? (a, b) => order(b, a) : order);
  return keyed.map(({ item }) => item);
}

function sort(run: Run, value: Datum, reverse?: Datum, caseSensitive?: Datum, attribute?: Datum): Datum[] {
  const names = isText(attribute) ? toText(run, attribute).split(',') : [attribute];
  const readers = names.map((name) => attributeReader(run, typeof name === 'string' ? name.trim() : name));
  const fold = flagArgument(caseSensitive) ? (key: Datum) => key : ignoreCase;
  return sortBy(
    run,
    itemsOf(run, value),
    (item) => readers.map((read) => fold(read(run, item))),
    flagArgument(reverse),
  );
}

function dictSort(run: Run, value: Datum, caseSensitive?: Datum, by?: Datum, reverse?: Datum): Datum[] {
  if (!isDict(value)) throw run.fail(`"dictsort" needs a mapping, not ${typeName(value)}`);
  const key = textArgument(run, by, 'by', 'key');
  if (key !== 'key' && key !== 'value') throw run.fail('"by" must be "key" or "value"');
  const fold = flagArgument(caseSensitive) ? (item: Datum) => item : ignoreCase;
  const index = key === 'key' ? 0 : 1;
  const pairs = dictEntries(value).map(tuple);
  return sortBy(run, pairs, (pair) => [fold((pair as Tuple)[index] ?? null)], flagArgument(reverse));
}

function groupBy(run: Run, value: Datum, attribute: Datum, fallback?: Datum, caseSensitive?: Datum): Datum[] {
  const read = attributeReader(run, attribute, fallback);
  const fold = flagArgument(caseSensitive) ? (key: Datum) => key : ignoreCase;
  const items = sortBy(run, itemsOf(run, value), (item) => [fold(read(run, item))], false);
  const groups: { key: Datum; folded: Datum; list: Datum[] }[] = [];
  for (const item of items) {
    const key = read(run, item);
    const folded = fold(key);
    const last = groups.at(-1);
    if (last !== undefined && compare(run, last.folded, folded) === 0) last.list.push(item);
    else groups.push({ key, folded, list: [item] });
  }
  return groups.map(({ key, list }) => new Group(key, list));
}

/** A group of `groupby`: a pair that also has the names `grouper` and `list`. */
class Group extends TemplateObject {
  readonly typeName = 'tuple';
  readonly pair: Tuple;

  constructor(key: Datum, list: readonly Datum[]) {
    super();
    this.pair = tuple([key, list]);
  }

  show(run: Run): string {
    return toText(run, this.pair);
  }

  override attribute(name: string): Datum | undefined {
    return name === 'grouper' ? this.pair[0] : name === 'list' ? this.pair[1] : undefined;
  }

  override item(key: Datum): Datum | undefined {
    return typeof key === 'number' ? this.pair.at(key) : undefined;
  }

  override iterate(): Iterable<Datum> {
    return this.pair;
  }

  override get size(): number {
    return 2;
  }
}

function batch(run: Run, value: Datum, count: Datum, fill?: Datum): Datum[] {
  const size = integerArgument(run, count, 'linecount');
  const items = itemsOf(run, value);
  // No row is ever full then: Jinja2 gives all in one, behind an empty one for a size of zero.
  if (size < 1)
    return [...(size === 0 && items.length > 0 ? [[]] : []), ...(items.length > 0 ? [items] : [])];
  const rows: Datum[][] = [];
  for (let i = 0; i < items.length; i += size) rows.push(items.slice(i, i + size));
  const last = rows.at(-1);
  if (!isAbsent(fill) && last !== undefined) {
    run.step(size);
    while (last.length < size) last.push(fill);
  }
  return rows;
}

function sliceColumns(run: Run, value: Datum, count: Datum, fill?: Datum): Datum[] {
  const slices = integerArgument(run, count, 'slices');
  if (slices < 1) throw run.fail('"slices" must be at least 1');
  run.step(slices);
  const items = itemsOf(run, value);
  const each = Math.floor(items.length / slices);
  const longer = items.length % slices;
  const columns: Datum[][] = [];
  let from = 0;
  for (let i = 0; i < slices; i++) {
    const size = each + (i < longer ? 1 : 0);
    const column = items.slice(from, from + size);
    if (!isAbsent(fill) && i >= longer) column.push(fill);
    columns.push(column);
    from += size;
  }
  return columns;
}

function extreme(run: Run, value: Datum, sign: number, caseSensitive?: Datum, attribute?: Datum): Datum {
  const read = attributeReader(run, attribute);
  const fold = flagArgument(caseSensitive) ? (key: Datum) => key : ignoreCase;
  const [first, ...others] = itemsOf(run, value);
  if (first === undefined) return nothing(run, 'an empty list has no smallest or largest item');
  let best = first;
  for (const item of others) {
    run.step();
    if (compare(run, fold(read(run, item)), fold(read(run, best))) * sign > 0) best = item;
  }
  return best;
}

function nothing(run: Run, hint: string): Undefined {
  return new Undefined(undefined, run.site, { hint });
}

function join(run: Run, value: Datum, delimiter?: Datum, attribute?: Datum): Datum {
  const read = attributeReader(run, attribute);
  const separator = delimiter === undefined ? '' : toText(run, delimiter);
  const values = itemsOf(run, value).map((item) => read(run, item));
  const html = run.autoescape && (values.some((v) => v instanceof Markup) || delimiter instanceof Markup);
  const escaped = (item: Datum, text: string) =>
    html && !(item instanceof Markup) ? escapeHtml(text) : text;
  const parts = values.map((item) => {
    const text = toText(run, item);
    run.spend(text.length + separator.length);
    return escaped(item, text);
  });
  const text = parts.join(escaped(delimiter ?? '', separator));
  return html ? new Markup(text) : text;
}

/** Jinja2's filters on lists. */
export const sequenceFilters: Readonly<Record<string, Native>> = {
  length: native('value', (run: Run, value: Datum) => {
    const length = lengthOf(value);
    if (length === undefined) throw run.fail(`a value of type ${typeName(value)} has no length`);
    return length;
  }),
  first: native('value', (run: Run, value: Datum) =>
    orElse(itemsOf(run, value)[0], () => nothing(run, 'an empty list has no first item')),
  ),
  last: native('value', (run: Run, value: Datum) =>
    orElse(itemsOf(run, value).at(-1), () => nothing(run, 'an empty list has no last item')),
  ),
  list: native('value', (run: Run, value: Datum) => [...itemsOf(run, value)]),
  join: native('value, d?, attribute?', join),
  sort: native('value, reverse?, case_sensitive?, attribute?', sort),
  dictsort: native('value, case_sensitive?, by?, reverse?', dictSort),
  groupby: native('value, attribute, default?, case_sensitive?', groupBy),
  batch: native('value, linecount, fill_with?', batch),
  slice: native('value, slices, fill_with?', sliceColumns),
  min: native('value, case_sensitive?, attribute?', (run: Run, value: Datum, cs?: Datum, attribute?: Datum) =>
    extreme(run, value, -1, cs, attribute),
  ),
  max: native('value, case_sensitive?, attribute?', (run: Run, value: Datum, cs?: Datum, attribute?: Datum) =>
    extreme(run, value, 1, cs, attribute),
  ),
  sum: native('value, attribute?, start?', (run: Run, value: Datum, attribute?: Datum, start: Datum = 0) => {
    const read = attributeReader(run, attribute);
    if (isText(start)) throw run.fail('"sum" puts no texts together; use "join"');
    return itemsOf(run, value).reduce<Datum>(
      (total, item) => arithmetic(run, '+', total, read(run, item)),
      start,
    );
  }),
  reverse: native('value', (run: Run, value: Datum) =>
    isText(value) ? [...toText(run, value)].toReversed().join('') : [...itemsOf(run, value)].toReversed(),
  ),
  unique: native(
    'value, case_sensitive?, attribute?',
    (run: Run, value: Datum, cs?: Datum, attribute?: Datum) => {
      const read = attributeReader(run, attribute);
      const fold = flagArgument(cs) ? (key: Datum) => key : ignoreCase;
      return distinct(run, itemsOf(run, value), (item) => fold(read(run, item)));
    },
  ),
  items: lenient('value', (run: Run, value: Datum) => {
    if (value instanceof Undefined) return [];
    if (!isDict(value)) throw run.fail(`"items" needs a mapping, not ${typeName(value)}`);
    return dictEntries(value).map(tuple);
  }),
};
