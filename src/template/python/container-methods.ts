import { flagArgument, integerArgument, isAbsent, textArgument } from '../arguments.ts';
import { type Bytes, type Datum, orElse, type Run, tuple } from '../datum.ts';
import { lenient, type Native, native } from '../native.ts';
import { compare, equals } from './compare.ts';
import {
  type Dict,
  dictDelete,
  dictEntries,
  dictGet,
  dictHas,
  dictKeys,
  dictSet,
  isDict,
  type OwnDict,
  ownDict,
} from './dict.ts';
import { DictView } from './dict-view.ts';
import { decodeBytes } from './encode-text.ts';
import { itemsOf } from './iterate.ts';
import { represent } from './text.ts';
import { isList } from './types.ts';

/** The names of the methods that change their list or mapping. */
export const changingMethods: ReadonlySet<string> = new Set([
  'append',
  'extend',
  'insert',
  'remove',
  'pop',
  'popitem',
  'clear',
  'sort',
  'reverse',
  'update',
  'setdefault',
]);

/** The methods of `list`. Those that change it are only called on lists of the template's own. */
export const listMethods: Readonly<Record<string, Native>> = {
  append: lenient('self, object', (run: Run, self: Datum[], item: Datum) => {
    run.step();
    self.push(item);
    return null;
  }),
  extend: native('self, iterable', (run: Run, self: Datum[], iterable: Datum) => {
    for (const item of [...itemsOf(run, iterable)]) {
      run.step();
      self.push(item);
    }
    return null;
  }),
  insert: native('self, index, object', (run: Run, self: Datum[], index: Datum, item: Datum) => {
    self.splice(integerArgument(run, index, 'index'), 0, item);
    return null;
  }),
  remove: native('self, value', (run: Run, self: Datum[], value: Datum) => {
    self.splice(indexOf(run, self, value), 1);
    return null;
  }),
  pop: native('self, index?', (run: Run, self: Datum[], index?: Datum) => {
    const [item] = self.splice(integerArgument(run, index, 'index', -1), 1);
    if (item === undefined) throw run.fail('nothing to pop: the list is empty or shorter');
    return item;
  }),
  clear: native('self', (_run: Run, self: Datum[]) => {
    self.length = 0;
    return null;
  }),
  sort: native('self, reverse?', (run: Run, self: Datum[], reverse?: Datum) => {
    self.sort((a, b) => compare(run, a, b));
    if (flagArgument(reverse)) self.reverse();
    return null;
  }),
  reverse: native('self', (_run: Run, self: Datum[]) => {
    self.reverse();
    return null;
  }),
  copy: native('self', (_run: Run, self: readonly Datum[]) => [...self]),
  index: native('self, value', (run: Run, self: readonly Datum[], value: Datum) => indexOf(run, self, value)),
  count: native(
    'self, value',
    (run: Run, self: readonly Datum[], value: Datum) =>
      self.filter((item) => equals(run, item, value)).length,
  ),
};

function indexOf(run: Run, list: readonly Datum[], value: Datum): number {
  const at = list.findIndex((item) => equals(run, item, value));
  if (at === -1) throw run.fail(`${represent(run, value)} is not in the list`);
  return at;
}

/** The methods of `dict`. Those that change it are only called on mappings of the template's own. */
export const dictMethods: Readonly<Record<string, Native>> = {
  items: native('self', (_run: Run, self: Dict) => new DictView('items', dictEntries(self).map(tuple))),
  keys: native('self', (_run: Run, self: Dict) => new DictView('keys', dictKeys(self))),
  values: native(
    'self',
    (_run: Run, self: Dict) =>
      new DictView(
        'values',
        dictEntries(self).map(([, value]) => value),
      ),
  ),
  get: lenient('self, key, default?', (_run: Run, self: Dict, key: Datum, fallback: Datum = null) =>
    orElse(dictGet(self, key), () => fallback),
  ),
  copy: native('self', (_run: Run, self: Dict) => ownDict(self)),
  update: native(
    'self, other?, **named',
    (run: Run, self: OwnDict, other: Datum | undefined, named: Dict) => {
      if (!isAbsent(other)) for (const [key, value] of pairsOf(run, other)) dictSet(run, self, key, value);
      for (const [key, value] of dictEntries(named)) dictSet(run, self, key, value);
      return null;
    },
  ),
  setdefault: native('self, key, default?', (run: Run, self: OwnDict, key: Datum, fallback: Datum = null) => {
    const known = dictGet(self, key);
    if (known === undefined) dictSet(run, self, key, fallback);
    return orElse(known, () => fallback);
  }),
  pop: native('self, key, default?', (run: Run, self: OwnDict, key: Datum, fallback?: Datum) => {
    const known = dictGet(self, key);
    const value = known === undefined ? fallback : known;
    if (value === undefined) throw run.fail(`the mapping has no key ${represent(run, key)}`);
    if (dictHas(self, key)) dictDelete(self, key);
    return value;
  }),
  popitem: native('self', (run: Run, self: OwnDict) => {
    const last = dictEntries(self).at(-1);
    if (last === undefined) throw run.fail('nothing to pop: the mapping is empty');
    dictDelete(self, last[0]);
    return tuple(last);
  }),
  clear: native('self', (_run: Run, self: OwnDict) => {
    self.clear();
    return null;
  }),
  fromkeys: native('self, keys, value?', (run: Run, _self: Dict, keys: Datum, value: Datum = null) => {
    const result: OwnDict = new Map();
    for (const key of itemsOf(run, keys)) dictSet(run, result, key, value);
    return result;
  }),
};

/** The pairs that a mapping holds or a list of pairs is. */
export function pairsOf(run: Run, value: Datum): [Datum, Datum][] {
  if (isDict(value)) return dictEntries(value);
  return itemsOf(run, value).map((pair) => {
    const [key, item, ...rest] = isList(pair) ? pair : itemsOf(run, pair);
    if (key === undefined || item === undefined || rest.length > 0)
      throw run.fail('a mapping needs pairs of key and value');
    return [key, item];
  });
}

/** The methods of `bytes`. */
export const bytesMethods: Readonly<Record<string, Native>> = {
  decode: native('self, encoding?, errors?', (run: Run, self: Bytes, encoding?: Datum) =>
    decodeBytes(run, Buffer.from(self.bytes), textArgument(run, encoding, 'encoding', 'utf-8')),
  ),
  hex: native('self', (_run: Run, self: Bytes) => Buffer.from(self.bytes).toString('hex')),
};
