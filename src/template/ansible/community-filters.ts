import { flagArgument, textArgument } from '../arguments.ts';
import type { Datum, Run } from '../datum.ts';
import { distinct, KnownValues } from '../filters/distinct.ts';
import { type Native, native } from '../native.ts';
import { compareText } from '../python/compare.ts';
import { type Dict, dictEntries, dictGet, dictHas, dictSet, type OwnDict } from '../python/dict.ts';
import { itemsOf } from '../python/iterate.ts';
import { toJsRegExp } from '../python/regex.ts';
import { toText } from '../python/text.ts';
import { isList, isText, typeName } from '../python/types.ts';
import { listMergeOf, mergeDicts, mustBeDict } from './dict-filters.ts';
import { compareLoose } from './version.ts';

/** How names of keys are compared with those that are asked for. */
const keyMatches = ['equal', 'starts_with', 'ends_with', 'regex'] as const;

/** Whether a key is one of the wanted. */
function keyMatcher(run: Run, wanted: readonly Datum[], how: Datum | undefined): (key: string) => boolean {
  const name = textArgument(run, how, 'matching_parameter', 'equal');
  const texts = wanted.map((one) => textArgument(run, one, 'target'));
  switch (keyMatches.find((one) => one === name)) {
    case 'equal':
      return (key) => texts.includes(key);
    case 'starts_with':
      return (key) => texts.some((text) => key.startsWith(text));
    case 'ends_with':
      return (key) => texts.some((text) => key.endsWith(text));
    case 'regex': {
      if (texts.length !== 1) throw run.fail('"target" must be one pattern where keys match by "regex"');
      const pattern = toJsRegExp(run, `^(?:${texts[0]})`, '');
      return (key) => pattern.test(key);
    }
    case undefined:
      throw run.fail(`"matching_parameter" must be one of ${keyMatches.join(', ')}`);
  }
}

/** A filter of a list of mappings that makes each entry of them another, or none. */
function mapEntries(
  run: Run,
  data: Datum,
  change: (key: string, entry: readonly [Datum, Datum]) => readonly [Datum, Datum] | undefined,
): Datum[] {
  if (!isList(data)) throw run.fail(`a list of mappings is needed, not ${typeName(data)}`);
  return data.map((item) => {
    const made: OwnDict = new Map();
    for (const entry of dictEntries(mustBeDict(run, item, 'a list of mappings is needed, not one with'))) {
      run.step();
      const changed = change(toText(run, entry[0]), entry);
      if (changed !== undefined) dictSet(run, made, ...changed);
    }
    return made;
  });
}

function keepKeys(keep: boolean): Native {
  return native(
    'data, target, matching_parameter?',
    (run: Run, data: Datum, target: Datum, how?: Datum): Datum => {
      const matches = keyMatcher(run, isList(target) ? target : [target], how);
      return mapEntries(run, data, (key, entry) => (matches(key) === keep ? entry : undefined));
    },
  );
}

function replaceKeys(run: Run, data: Datum, target: Datum, how?: Datum): Datum {
  const rules = itemsOf(run, target).map((rule) => {
    const dict = mustBeDict(run, rule, '"target" needs mappings with "before" and "after", not');
    const [before, after] = [dictGet(dict, 'before'), dictGet(dict, 'after')];
    if (before === undefined || after === undefined)
      throw run.fail('each mapping of "target" needs the keys "before" and "after"');
    return { matches: keyMatcher(run, [before], how), after };
  });
  return mapEntries(run, data, (key, [name, value]) => [
    rules.find(({ matches }) => matches(key))?.after ?? name,
    value,
  ]);
}

/** A filter that puts any number of lists together as sets, one after the other. */
function listsFilter(join: (run: Run, a: readonly Datum[], b: readonly Datum[]) => Datum[]): Native {
  return native('value, *rest, **named', (run: Run, value: Datum, rest: readonly Datum[], named: Dict) => {
    const parts = flagArgument(dictGet(named, 'flatten'))
      ? [value, ...rest].flatMap(itemsIn)
      : [value, ...rest];
    const lists = parts.map((list) => {
      if (!isList(list)) throw run.fail(`only lists can be put together, not ${typeName(list)}`);
      return list;
    });
    const [first = [], ...others] = lists;
    return others.reduce<readonly Datum[]>(
      (made, list) => distinct(run, join(run, made, list)),
      distinct(run, first),
    );
  });
}

/** The lists in a list of lists, else the list itself. */
function itemsIn(value: Datum): readonly Datum[] {
  return isList(value) && value.length > 0 && value.every(isList) ? value : [value];
}

function within(run: Run, list: readonly Datum[], other: readonly Datum[], wanted: boolean): Datum[] {
  const known = new KnownValues(run, other);
  return list.filter((item) => known.has(run, item) === wanted);
}

/** Joins lists of mappings: those with the same value under `index` become one. Sorted by that value. */
function mergeBy(run: Run, value: Datum, rest: readonly Datum[], named: Dict): Datum {
  const [given = [], index] = splitIndex(run, rest, dictGet(named, 'index'));
  const recursive = flagArgument(dictGet(named, 'recursive'));
  const listMerge = listMergeOf(run, dictGet(named, 'list_merge'));
  const merged = new Map<string, Dict>();
  for (const item of [value, ...given].flatMap(itemsIn).flatMap((list) => itemsOf(run, list))) {
    const dict = mustBeDict(run, item, 'lists of mappings are needed, not one with');
    const key = dictGet(dict, index);
    if (key === undefined) continue;
    const name = toText(run, key);
    const before = merged.get(name);
    merged.set(name, before === undefined ? dict : mergeDicts(run, before, dict, recursive, listMerge));
  }
  return [...merged].sort(([a], [b]) => compareText(a, b)).map(([, dict]) => dict);
}

/** `index` is named, or the last of the arguments. */
function splitIndex(run: Run, rest: readonly Datum[], named: Datum | undefined): [readonly Datum[], string] {
  if (named !== undefined) return [rest, textArgument(run, named, 'index')];
  const last = rest.at(-1);
  if (!isText(last))
    throw run.fail('"lists_mergeby" needs "index": the key that tells which mappings are one');
  return [rest.slice(0, -1), toText(run, last)];
}

function groupByKey(run: Run, value: Datum, attribute: Datum): OwnDict {
  const made: OwnDict = new Map();
  for (const item of itemsOf(run, value)) {
    const name = dictGet(mustBeDict(run, item, '"groupby_as_dict" needs mappings, not'), attribute);
    if (name === undefined) throw run.fail(`an item has no key "${toText(run, attribute)}"`);
    if (dictHas(made, name)) throw run.fail(`the value "${toText(run, name)}" is not unique`);
    dictSet(run, made, name, item);
  }
  return made;
}

function dictOf(run: Run, value: Datum): OwnDict {
  const made: OwnDict = new Map();
  for (const pair of itemsOf(run, value)) {
    const [key, item, ...more] = isList(pair) ? pair : [];
    if (key === undefined || item === undefined || more.length > 0)
      throw run.fail('"dict" needs a list of pairs, each of a key and a value');
    dictSet(run, made, key, item);
  }
  return made;
}

function counter(run: Run, value: Datum): OwnDict {
  const made: OwnDict = new Map();
  for (const item of itemsOf(run, value)) {
    const before = dictGet(made, item);
    dictSet(run, made, item, (typeof before === 'number' ? before : 0) + 1);
  }
  return made;
}

function versionSort(run: Run, value: Datum, reverse?: Datum): Datum[] {
  const versions = itemsOf(run, value).map((item) => ({ item, text: toText(run, item) }));
  run.step(versions.length);
  versions.sort((a, b) => compareLoose(a.text, b.text) ?? compareText(a.text, b.text));
  if (flagArgument(reverse)) versions.reverse();
  return versions.map(({ item }) => item);
}

/** The filters of the collection community.general that playbooks use most, by the facts of its documentation. */
export const communityFilters: Readonly<Record<string, Native>> = {
  counter: native('value', counter),
  dict: native('value', dictOf),
  dict_kv: native('value, key', (_run: Run, value: Datum, key: Datum) => new Map([[key, value]])),
  groupby_as_dict: native('value, attribute', groupByKey),
  keep_keys: keepKeys(true),
  lists_difference: listsFilter((run, a, b) => within(run, a, b, false)),
  lists_intersect: listsFilter((run, a, b) => within(run, a, b, true)),
  lists_mergeby: native('value, *rest, **named', mergeBy),
  lists_symmetric_difference: listsFilter((run, a, b) => [
    ...within(run, a, b, false),
    ...within(run, b, a, false),
  ]),
  lists_union: listsFilter((_run, a, b) => [...a, ...b]),
  remove_keys: keepKeys(false),
  replace_keys: native('data, target, matching_parameter?', replaceKeys),
  version_sort: native('value, reverse?', versionSort),
};
