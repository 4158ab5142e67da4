import { flagArgument, isAbsent, textArgument } from '../arguments.ts';
import { type Datum, type Run, tuple, Undefined } from '../datum.ts';
import { lenient, type Native, native } from '../native.ts';
import { equals } from '../python/compare.ts';
import {
  type Dict,
  dictEntries,
  dictGet,
  dictHas,
  dictSet,
  isDict,
  type OwnDict,
  ownDict,
} from '../python/dict.ts';
import { itemsOf } from '../python/iterate.ts';
import { getItem } from '../python/members.ts';
import { toText } from '../python/text.ts';
import { isList, isText, typeName } from '../python/types.ts';

/** Checks that a value is a mapping: the message begins with `expected`. */
export function mustBeDict(run: Run, value: Datum | undefined, expected: string): Dict {
  if (value instanceof Undefined) throw value.toError();
  if (!isDict(value)) throw run.fail(`${expected} ${value === undefined ? 'nothing' : typeName(value)}`);
  return value;
}

const listMerges = ['replace', 'keep', 'append', 'prepend', 'append_rp', 'prepend_rp'] as const;
type ListMerge = (typeof listMerges)[number];

/** The argument `list_merge`: what becomes of lists under one key. */
export function listMergeOf(run: Run, value: Datum | undefined): ListMerge {
  const wanted = textArgument(run, value, 'list_merge', 'replace');
  const listMerge = listMerges.find((merge) => merge === wanted);
  if (listMerge === undefined) throw run.fail(`"list_merge" must be one of ${listMerges.join(', ')}`);
  return listMerge;
}

function combine(run: Run, value: Datum, rest: readonly Datum[], named: ReadonlyMap<Datum, Datum>): Datum {
  for (const key of named.keys()) {
    if (key !== 'recursive' && key !== 'list_merge')
      throw run.fail("'recursive' and 'list_merge' are the only valid keyword arguments");
  }
  const recursive = flagArgument(named.get('recursive'));
  const listMerge = listMergeOf(run, named.get('list_merge'));
  // None counts as an empty mapping in front, and one level of lists is taken apart.
  const dicts = [value ?? new Map<Datum, Datum>(), ...rest].flatMap((item) => (isList(item) ? item : [item]));
  return dicts.reduce<OwnDict>(
    (merged, item) =>
      mergeDicts(
        run,
        merged,
        mustBeDict(run, item, 'failed to combine variables, expected dicts but got'),
        recursive,
        listMerge,
      ),
    new Map(),
  );
}

/** The two mappings in one: values of the second win, and join those of the first as `recursive` and `listMerge` say. */
export function mergeDicts(run: Run, a: Dict, b: Dict, recursive: boolean, listMerge: ListMerge): OwnDict {
  const result = ownDict(a);
  for (const [key, value] of dictEntries(b)) {
    run.step();
    const old = dictGet(result, key);
    dictSet(run, result, key, old === undefined ? value : mergeValue(run, old, value, recursive, listMerge));
  }
  return result;
}

function mergeValue(run: Run, old: Datum, value: Datum, recursive: boolean, listMerge: ListMerge): Datum {
  if (recursive && isDict(old) && isDict(value)) return mergeDicts(run, old, value, recursive, listMerge);
  if (!isList(old) || !isList(value)) return value;
  const without = (list: readonly Datum[], other: readonly Datum[]) =>
    list.filter((item) => !other.some((candidate) => equals(run, candidate, item)));
  switch (listMerge) {
    case 'replace':
      return value;
    case 'keep':
      return old;
    case 'append':
      return [...old, ...value];
    case 'prepend':
      return [...value, ...old];
    case 'append_rp':
      return [...without(old, value), ...value];
    case 'prepend_rp':
      return [...value, ...without(old, value)];
  }
}

function pair(keyName: string, key: Datum, valueName: string, value: Datum): OwnDict {
  return new Map([
    [keyName, key],
    [valueName, value],
  ]);
}

function itemsToDict(run: Run, value: Datum, keyName?: Datum, valueName?: Datum): OwnDict {
  const keyField = textArgument(run, keyName, 'key_name', 'key');
  const valueField = textArgument(run, valueName, 'value_name', 'value');
  if (!isList(value)) throw run.fail(`items2dict requires a list, not ${typeName(value)}`);
  const result: OwnDict = new Map();
  for (const item of itemsOf(run, value)) {
    const dict = mustBeDict(run, item, 'items2dict requires a list of dictionaries, not one with');
    const [key, field] = [dictGet(dict, keyField), dictGet(dict, valueField)];
    if (key === undefined || field === undefined)
      throw run.fail(
        `items2dict requires each dictionary in the list to contain the keys '${keyField}' and '${valueField}'`,
      );
    dictSet(run, result, key, field);
  }
  return result;
}

/** Reads `container[key]`, and on into it by further keys. */
function extract(run: Run, key: Datum, container: Datum, more?: Datum): Datum {
  if (key instanceof Undefined) throw key.toError();
  const keys = isAbsent(more) ? [key] : [key, ...(isList(more) ? more : [more])];
  return keys.reduce<Datum>((value, part) => getItem(run, value, part, toText(run, part)), container);
}

function rekey(run: Run, value: Datum, key: Datum, duplicates?: Datum): OwnDict {
  const mode = textArgument(run, duplicates, 'duplicates', 'error');
  if (mode !== 'error' && mode !== 'overwrite') throw run.fail('"duplicates" must be "error" or "overwrite"');
  const items = isDict(value) ? dictEntries(value).map(([, item]) => item) : itemsOf(run, value);
  const result: OwnDict = new Map();
  for (const item of items) {
    const name = dictGet(mustBeDict(run, item, '"rekey_on_member" needs mappings, not'), key);
    if (name === undefined) throw run.fail(`an item has no key "${toText(run, key)}"`);
    if (mode === 'error' && dictHas(result, name))
      throw run.fail(`the key "${toText(run, name)}" is not unique`);
    dictSet(run, result, name, item);
  }
  return result;
}

function subelements(run: Run, value: Datum, path: Datum, skipMissing?: Datum): Datum[] {
  if (!isList(value) && !isDict(value)) throw run.fail('obj must be a list of dicts or a nested dict');
  if (!isList(path) && !isText(path)) throw run.fail('subelements must be a list or a string');
  const parts = isList(path) ? path.map((part) => toText(run, part)) : toText(run, path).split('.');
  const items = isDict(value) ? dictEntries(value).map(([, item]) => item) : value;
  const shown = parts.join('.');
  return items.flatMap((item) => {
    const found = readParts(run, item, parts);
    if (found === undefined) {
      if (flagArgument(skipMissing)) return [];
      throw run.fail(`could not find "${shown}" in an item`);
    }
    if (!isList(found)) throw run.fail(`the key "${shown}" should point to a list, not ${typeName(found)}`);
    run.step(found.length);
    return found.map((part): Datum => tuple([item, part]));
  });
}

function readParts(run: Run, item: Datum, parts: readonly string[]): Datum | undefined {
  let value: Datum | undefined = item;
  for (const part of parts) {
    if (value === undefined) return undefined;
    if (!isDict(value))
      throw run.fail(`what holds the key "${part}" should point to a dictionary, not ${typeName(value)}`);
    value = dictGet(value, part);
  }
  return value;
}

/** Ansible's filters on mappings. */
export const dictFilters: Readonly<Record<string, Native>> = {
  combine: native('value, *rest, **named', combine),
  dict2items: native('value, key_name?, value_name?', (run: Run, value: Datum, key?: Datum, item?: Datum) =>
    dictEntries(mustBeDict(run, value, 'dict2items requires a dictionary, not')).map(([k, v]) =>
      pair(textArgument(run, key, 'key_name', 'key'), k, textArgument(run, item, 'value_name', 'value'), v),
    ),
  ),
  items2dict: native('value, key_name?, value_name?', itemsToDict),
  // What is read out of something undefined is undefined, as by `.` and `[]`.
  extract: lenient('value, container, morekeys?', extract),
  rekey_on_member: native('value, key, duplicates?', rekey),
  subelements: native('value, subelements, skip_missing?', subelements),
};
