import { isValueMap, type Value } from '../../model/value.ts';
import { asFlag, asList, describe, type Lookup, lookupFailure } from './lookup.ts';

/** The terms with one level of lists taken apart. */
export function flattenOnce(terms: readonly Value[]): Value[] {
  return terms.flatMap((term) => (Array.isArray(term) ? (term as readonly Value[]) : [term]));
}

/** The terms with all levels of lists taken apart. */
export function flattenAll(terms: readonly Value[]): Value[] {
  return terms.flatMap((term) => (Array.isArray(term) ? flattenAll(term) : [term]));
}

/** `items`: one level of lists is taken apart. */
export const items: Lookup = (terms) => flattenOnce(terms);

/** `list`: the terms as they are. */
export const list: Lookup = (terms) => terms;

/** `flattened`: all levels of lists are taken apart and nulls left out. */
export const flattened: Lookup = (terms) => flattenAll(terms).filter((term) => term !== null);

/** `indexed_items`: pairs of index and item. */
export const indexedItems: Lookup = (terms) => flattenOnce(terms).map((item, index) => [index, item]);

/** `dict`: `{key, value}` for each entry of each mapping. */
export const dict: Lookup = (terms) => flattenOnce(terms).flatMap((term) => dictEntries(term));

/** The entries of a mapping as `{key, value}`, in order. */
export function dictEntries(mapping: Value): Value[] {
  if (mapping instanceof Map) return [...mapping].map(([key, value]) => ({ key, value }));
  if (isValueMap(mapping)) return Object.entries(mapping).map(([key, value]) => ({ key, value }));
  throw lookupFailure(`dict needs a mapping, but got ${describe(mapping)}`);
}

/** `together`: the n-th items of all lists side by side; shorter lists are filled with null. */
export const together: Lookup = (terms) => {
  if (terms.length === 0) throw lookupFailure('with_together requires at least one element in each list');
  const lists = terms.map((term) => asList(term));
  const length = Math.max(...lists.map((one) => one.length));
  return Array.from({ length }, (_, index) => lists.map((one) => one[index] ?? null));
};

/** `nested` and `cartesian`: every combination of one item from each list, the last list fastest. */
export const nested: Lookup = (terms) => {
  if (terms.length === 0) throw lookupFailure('nested needs at least one list');
  let combinations: Value[][] = [[]];
  for (const term of terms)
    combinations = combinations.flatMap((head) => asList(term).map((item) => [...head, item]));
  return combinations.map((combination) => flattenAll(combination));
};

/** `random_choice`: one of the terms. */
export const randomChoice: Lookup = (terms, _options, { random }) =>
  terms.length === 0 ? [] : [terms[Math.floor(random() * terms.length)] ?? null];

/** `subelements`: pairs of an element and each item of the list that lies in it at a dotted key; the element has that list no more. */
export const subelements: Lookup = (terms) => {
  const [source, key, flags] = terms;
  if (typeof key !== 'string')
    throw lookupFailure('subelements needs a list (or mapping) and the key of the lists inside its elements');
  const skipMissing = isValueMap(flags) && asFlag(flags['skip_missing'], false);
  return elements(source).flatMap((element) => {
    const path = key.split('.');
    const inner = readPath(element, path);
    if (Array.isArray(inner)) {
      const rest = withoutPath(element, path);
      return inner.map((item: Value) => [rest, item]);
    }
    if (inner === undefined && skipMissing) return [];
    const found = inner === undefined ? 'it has none' : `it is ${describe(inner)}`;
    throw lookupFailure(
      `subelements: each element needs a list under "${key}", but ${found}`,
      'Add skip_missing to leave out elements without the key.',
    );
  });
};

function elements(source: Value | undefined): readonly Value[] {
  if (Array.isArray(source)) return source;
  if (source instanceof Map) return [...source.values()];
  if (isValueMap(source)) return Object.values(source);
  throw lookupFailure(`subelements needs a list or a mapping first, but got ${describe(source)}`);
}

function readPath(element: Value, path: readonly string[]): Value | undefined {
  let value: Value | undefined = element;
  for (const key of path) {
    if (value instanceof Map) value = value.get(key);
    else if (isValueMap(value)) value = Object.hasOwn(value, key) ? value[key] : undefined;
    else return undefined;
  }
  return value;
}

/** A copy of an element that lacks what lies at a path. */
function withoutPath(element: Value, [key = '', ...rest]: readonly string[]): Value {
  const entries = element instanceof Map ? [...element] : isValueMap(element) ? Object.entries(element) : [];
  const kept = entries.flatMap(([name, value]): [Value, Value][] => {
    if (name !== key) return [[name, value]];
    return rest.length === 0 ? [] : [[name, withoutPath(value, rest)]];
  });
  return element instanceof Map ? new Map(kept) : Object.fromEntries(kept);
}
