import { textArgument } from '../arguments.ts';
import { type CallArguments, type Datum, type Run, Undefined } from '../datum.ts';
import { type Native, native } from '../native.ts';
import { dictEntries, dictGet, isDict, type OwnDict } from '../python/dict.ts';
import { itemsOf } from '../python/iterate.ts';
import { getAttribute } from '../python/members.ts';
import { toText } from '../python/text.ts';
import { isTruthy } from '../python/types.ts';
import { shortName } from '../short-name.ts';
import { attributeReader, type ReadAttribute } from './attribute.ts';

/** The named arguments that a filter passes on. */
function passedOn(rest: readonly Datum[], named: OwnDict): CallArguments {
  return { positional: rest, named: new Map(dictEntries(named).map(([key, value]) => [String(key), value])) };
}

function map(run: Run, value: Datum, rest: readonly Datum[], named: OwnDict): Datum[] {
  const apply = mapper(run, rest, named);
  if (value === null) return [];
  return itemsOf(run, value).map((item) => apply(item));
}

function mapper(run: Run, rest: readonly Datum[], named: OwnDict): (item: Datum) => Datum {
  const attribute = dictGet(named, 'attribute');
  if (rest.length === 0 && attribute !== undefined) {
    for (const key of named.keys()) {
      if (key !== 'attribute' && key !== 'default')
        throw run.fail(`filter "map" takes no argument "${String(key)}"`);
    }
    const read = attributeReader(run, attribute, dictGet(named, 'default'));
    return (item) => read(run, item);
  }
  const [filter, ...others] = rest;
  if (filter === undefined) throw run.fail('"map" needs the name of a filter, or attribute=');
  const name = shortName(toText(run, filter));
  const given = passedOn(others, named);
  return (item) => run.callFilter(name, item, given);
}

function choose(keep: boolean, byAttribute: boolean): Native {
  return native('value, *rest, **named', (run: Run, value: Datum, rest: readonly Datum[], named: OwnDict) => {
    const [attribute, ...others] = rest;
    if (byAttribute && attribute === undefined) throw run.fail('the name of the attribute is missing');
    const read: ReadAttribute = byAttribute ? attributeReader(run, attribute) : (_run, item) => item;
    const [test, ...testArguments] = byAttribute ? others : rest;
    const name = test === undefined ? undefined : shortName(toText(run, test));
    const given = passedOn(testArguments, named);
    if (value === null) return [];
    const passes = (item: Datum) => (name === undefined ? isTruthy(item) : run.callTest(name, item, given));
    return itemsOf(run, value).filter((item) => passes(read(run, item)) === keep);
  });
}

/** Jinja2's filters that take the name of another filter, a test or an attribute. */
export const selectFilters: Readonly<Record<string, Native>> = {
  map: native('value, *rest, **named', map),
  select: choose(true, false),
  reject: choose(false, false),
  selectattr: choose(true, true),
  rejectattr: choose(false, true),
  attr: native('value, name', (run: Run, value: Datum, name: Datum) => {
    const text = textArgument(run, name, 'name');
    // Only attributes are read, never the items of a mapping: an empty one has the same methods.
    const holder = isDict(value) ? new Map<Datum, Datum>() : value;
    if (getAttribute(run, holder, text, text) instanceof Undefined) return new Undefined(text, run.site);
    return getAttribute(run, value, text, text);
  }),
};
