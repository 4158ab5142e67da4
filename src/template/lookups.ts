import { type Datum, Undefined } from './datum.ts';
import { randomIndex } from './filters/random.ts';
import { dictEntries, isDict } from './python/dict.ts';
import { itemsOf } from './python/iterate.ts';
import { toJsRegExp } from './python/regex.ts';
import { toText } from './python/text.ts';
import { isList } from './python/types.ts';
import type { TemplateRun } from './run.ts';

/** A lookup that needs nothing but its terms and the scope. */
type Lookup = (run: TemplateRun, terms: readonly Datum[], named: ReadonlyMap<string, Datum>) => Datum[];

function vars(run: TemplateRun, terms: readonly Datum[], named: ReadonlyMap<string, Datum>): Datum[] {
  const fallback = named.get('default');
  return terms.map((term) => {
    const name = toText(run, term);
    const value = run.scope.get(name);
    if (value !== undefined && !(value instanceof Undefined)) return value;
    if (fallback !== undefined) return fallback;
    throw new Undefined(name, run.site, { candidates: () => run.scope.names() }).toError();
  });
}

function varnames(run: TemplateRun, terms: readonly Datum[]): Datum[] {
  return terms.flatMap((term) => {
    const pattern = toJsRegExp(run, toText(run, term), '');
    return [...run.scope.names()].filter((name) => pattern.test(name));
  });
}

/** Lists within lists made one list; how deep, the caller says. */
function flatten(run: TemplateRun, terms: readonly Datum[]): Datum[] {
  return terms.flatMap((term) => (isList(term) ? flatten(run, term) : [term]));
}

function nested(run: TemplateRun, terms: readonly Datum[]): Datum[] {
  return terms.reduce<Datum[][]>(
    (rows, term) => {
      const items = isList(term) ? term : [term];
      run.step(rows.length * items.length);
      return rows.flatMap((row) => items.map((item) => [...row, item]));
    },
    [[]],
  );
}

function together(run: TemplateRun, terms: readonly Datum[]): Datum[] {
  const lists = terms.map((term) => itemsOf(run, term));
  const length = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length }, (_, i) => lists.map((list) => list[i] ?? null));
}

function pairs(run: TemplateRun, terms: readonly Datum[]): Datum[] {
  return terms.flatMap((term) => {
    if (!isDict(term)) throw run.fail('the lookup "dict" needs mappings');
    return dictEntries(term).map(
      ([key, value]): Datum =>
        new Map<Datum, Datum>([
          ['key', key],
          ['value', value],
        ]),
    );
  });
}

/** The lookups that need nothing from outside. */
export const builtinLookups: ReadonlyMap<string, Lookup> = new Map<string, Lookup>([
  ['vars', vars],
  ['varnames', varnames],
  ['list', (_run, terms) => [...terms]],
  ['items', (_run, terms) => terms.flatMap((term) => (isList(term) ? term : [term]))],
  ['flattened', flatten],
  [
    'indexed_items',
    (run, terms) => terms.flatMap((term) => itemsOf(run, term)).map((item, i): Datum => [i, item]),
  ],
  ['nested', nested],
  ['cartesian', nested],
  ['together', together],
  ['dict', pairs],
  [
    'random_choice',
    (run, terms) => {
      const items = terms.flatMap((term) => (isList(term) ? term : [term]));
      run.step();
      return items.slice(randomIndex(undefined)(items.length)).slice(0, 1);
    },
  ],
]);
