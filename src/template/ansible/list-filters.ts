import { flagArgument, integerArgument, isAbsent } from '../arguments.ts';
import { type Datum, orElse, type Run, tuple } from '../datum.ts';
import { attributeReader, ignoreCase } from '../filters/attribute.ts';
import { distinct, KnownValues } from '../filters/distinct.ts';
import { type Native, native } from '../native.ts';
import { isDict } from '../python/dict.ts';
import { itemsOf } from '../python/iterate.ts';
import { isList, isText, typeName } from '../python/types.ts';

function flatten(run: Run, value: Datum, levels?: Datum, skipNulls?: Datum): Datum[] {
  const depth = isAbsent(levels) ? Number.POSITIVE_INFINITY : integerArgument(run, levels, 'levels');
  return flattenTo(run, itemsOf(run, value), depth, flagArgument(skipNulls, true));
}

function flattenTo(run: Run, items: readonly Datum[], levels: number, skipNulls: boolean): Datum[] {
  run.step(items.length);
  return items.flatMap((item) => {
    if (skipNulls && (item === null || item === 'None' || item === 'null')) return [];
    return isList(item) && levels >= 1 ? flattenTo(run, item, levels - 1, skipNulls) : [item];
  });
}

/** A filter that puts two lists together as sets; the order is that of the first, then the second. */
function sets(choose: (run: Run, a: readonly Datum[], b: readonly Datum[]) => Datum[]): Native {
  return native('a, b', (run: Run, a: Datum, b: Datum) =>
    distinct(run, choose(run, itemsOf(run, a), itemsOf(run, b))),
  );
}

/** As `sets`, of two lists or two texts: what is in either is put together first. */
function joinedSets(choose: (run: Run, a: readonly Datum[], b: readonly Datum[]) => Datum[]): Native {
  const join = sets(choose);
  return native('a, b', (run: Run, a: Datum, b: Datum) => {
    if (!(isText(a) && isText(b)) && !(isList(a) && isList(b)))
      throw run.fail(`these are no two lists, but ${typeName(a)} and ${typeName(b)}`);
    return join.body(run, a, b);
  });
}

function without(run: Run, a: readonly Datum[], b: readonly Datum[]): Datum[] {
  const known = new KnownValues(run, b);
  return a.filter((item) => !known.has(run, item));
}

function zip(
  run: Run,
  lists: readonly Datum[],
  pick: (...lengths: number[]) => number,
  fill: Datum,
): Datum[] {
  const all = lists.map((list) => itemsOf(run, list));
  const length = all.length === 0 ? 0 : pick(...all.map((list) => list.length));
  run.step(length * all.length);
  return Array.from({ length }, (_, i) => tuple(all.map((list) => orElse(list[i], () => fill))));
}

function product(run: Run, lists: readonly (readonly Datum[])[]): Datum[] {
  const rows = lists.reduce<Datum[][]>(
    (before, list) => {
      run.step(before.length * list.length);
      return before.flatMap((row) => list.map((item) => [...row, item]));
    },
    [[]],
  );
  return rows.map(tuple);
}

/** The ways to choose `size` items in order; with `ordered` each order of them counts. */
function choices(run: Run, items: readonly Datum[], size: number, ordered: boolean): Datum[] {
  const found: Datum[] = [];
  const grow = (chosen: readonly number[]): void => {
    run.step();
    if (chosen.length === size) {
      found.push(tuple(chosen.map((index) => items[index] ?? null)));
      return;
    }
    const from = ordered ? 0 : (chosen.at(-1) ?? -1) + 1;
    for (let i = from; i < items.length; i++) if (!chosen.includes(i)) grow([...chosen, i]);
  };
  if (size <= items.length) grow([]);
  return found;
}

function unique(run: Run, value: Datum, caseSensitive?: Datum, attribute?: Datum): Datum[] {
  const read = attributeReader(run, attribute);
  const items = itemsOf(run, value);
  // Lists and mappings cannot be told apart without regard to case, so all items are compared as they are.
  const plain =
    flagArgument(caseSensitive) ||
    (isAbsent(attribute) && items.some((item) => isList(item) || isDict(item)));
  const fold = plain ? (key: Datum) => key : ignoreCase;
  return distinct(run, items, (item) => fold(read(run, item)));
}

/** Ansible's filters on lists. */
export const listFilters: Readonly<Record<string, Native>> = {
  flatten: native('value, levels?, skip_nulls?', flatten),
  unique: native('value, case_sensitive?, attribute?', unique),
  union: joinedSets((_run, a, b) => [...a, ...b]),
  intersect: sets((run, a, b) => {
    const known = new KnownValues(run, b);
    return a.filter((item) => known.has(run, item));
  }),
  difference: sets(without),
  symmetric_difference: joinedSets((run, a, b) => [...without(run, a, b), ...without(run, b, a)]),
  zip: native('value, *lists', (run: Run, value: Datum, lists: readonly Datum[]) =>
    zip(run, [value, ...lists], Math.min, null),
  ),
  zip_longest: native(
    'value, *lists, **named',
    (run: Run, value: Datum, lists: readonly Datum[], named: ReadonlyMap<Datum, Datum>) => {
      for (const name of named.keys())
        if (name !== 'fillvalue') throw run.fail(`"zip_longest" takes no argument "${String(name)}"`);
      const fill = orElse(named.get('fillvalue'), () => null);
      return zip(run, [value, ...lists], Math.max, fill);
    },
  ),
  product: native(
    'value, *lists, **named',
    (run: Run, value: Datum, lists: readonly Datum[], named: ReadonlyMap<Datum, Datum>) => {
      const all = [value, ...lists].map((list) => itemsOf(run, list));
      const times = integerArgument(run, named.get('repeat'), 'repeat', 1);
      return product(run, Array.from({ length: Math.max(0, times) }, () => all).flat());
    },
  ),
  permutations: native('value, r?', (run: Run, value: Datum, size?: Datum) => {
    const items = itemsOf(run, value);
    return choices(run, items, isAbsent(size) ? items.length : integerArgument(run, size, 'r'), true);
  }),
  combinations: native('value, r', (run: Run, value: Datum, size: Datum) => {
    const count = integerArgument(run, size, 'r');
    if (count < 0) throw run.fail('"r" must not be below zero');
    return choices(run, itemsOf(run, value), count, false);
  }),
};
