import { type Datum, Markup, type Run, TemplateObject, Undefined } from '../datum.ts';
import { lenient, type Native, native } from '../native.ts';
import { arithmetic } from '../python/arithmetic.ts';
import { compare, equals } from '../python/compare.ts';
import { contains } from '../python/contains.ts';
import { isDict } from '../python/dict.ts';
import { tryItemsOf } from '../python/iterate.ts';
import { isNumber } from '../python/number.ts';
import { toText } from '../python/text.ts';
import { isFloat, isInteger, isList, isText } from '../python/types.ts';
import { shortName } from '../short-name.ts';

/** Whether a value is one of a mapping's views, which Python counts as no sequences. */
function isView(value: TemplateObject): boolean {
  return value.typeName.startsWith('dict_');
}

type Look = (value: Datum) => boolean;

/** A test of what a value is; undefined values are none of it. */
function looks(look: Look): Native {
  return lenient('value', (_run: Run, value: Datum) => look(value));
}

function ordered(holds: (order: number) => boolean): Native {
  return native('value, other', (run: Run, value: Datum, other: Datum) => holds(compare(run, value, other)));
}

const equal = native('value, other', (run: Run, value: Datum, other: Datum) => equals(run, value, other));
const unequal = native('value, other', (run: Run, value: Datum, other: Datum) => !equals(run, value, other));
const less = ordered((order) => order < 0);
const lessOrEqual = ordered((order) => order <= 0);
const greater = ordered((order) => order > 0);
const greaterOrEqual = ordered((order) => order >= 0);

function remainder(run: Run, value: Datum, by: Datum): Datum {
  return arithmetic(run, '%', value, by);
}

function isSame(a: Datum, b: Datum): boolean {
  if (a === b) return true;
  // Python keeps one object for equal small numbers and texts.
  return isFloat(a) && isFloat(b) ? Number(a.valueOf()) === Number(b.valueOf()) : false;
}

/** Jinja2's tests. */
export const jinjaTests: Readonly<Record<string, Native>> = {
  defined: looks((value) => !(value instanceof Undefined)),
  undefined: looks((value) => value instanceof Undefined),
  none: looks((value) => value === null),
  boolean: looks((value) => typeof value === 'boolean'),
  true: looks((value) => value === true),
  false: looks((value) => value === false),
  integer: looks((value) => isInteger(value) && typeof value !== 'boolean'),
  float: looks(isFloat),
  number: looks(isNumber),
  string: looks(isText),
  mapping: looks(isDict),
  sequence: looks(
    (value) =>
      isText(value) ||
      isList(value) ||
      isDict(value) ||
      (value instanceof TemplateObject && value.size !== undefined && !isView(value)),
  ),
  iterable: native('value', (run: Run, value: Datum) => tryItemsOf(run, value) !== undefined),
  callable: looks((value) => value instanceof TemplateObject && value.isCallable),
  sameas: lenient('value, other', (_run: Run, value: Datum, other: Datum) => isSame(value, other)),
  escaped: looks((value) => value instanceof Markup),
  lower: native('value', (run: Run, value: Datum) => {
    const text = toText(run, value);
    return text === text.toLowerCase() && text !== text.toUpperCase();
  }),
  upper: native('value', (run: Run, value: Datum) => {
    const text = toText(run, value);
    return text === text.toUpperCase() && text !== text.toLowerCase();
  }),
  odd: native('value', (run: Run, value: Datum) => equals(run, remainder(run, value, 2), 1)),
  even: native('value', (run: Run, value: Datum) => equals(run, remainder(run, value, 2), 0)),
  divisibleby: native('value, num', (run: Run, value: Datum, by: Datum) =>
    equals(run, remainder(run, value, by), 0),
  ),
  in: native('value, seq', (run: Run, value: Datum, container: Datum) => contains(run, container, value)),
  filter: native(
    'value',
    (run: Run, value: Datum) => isText(value) && run.hasFilter(shortName(toText(run, value))),
  ),
  test: native(
    'value',
    (run: Run, value: Datum) => isText(value) && run.hasTest(shortName(toText(run, value))),
  ),
  eq: equal,
  equalto: equal,
  '==': equal,
  ne: unequal,
  '!=': unequal,
  lt: less,
  lessthan: less,
  '<': less,
  le: lessOrEqual,
  '<=': lessOrEqual,
  gt: greater,
  greaterthan: greater,
  '>': greater,
  ge: greaterOrEqual,
  '>=': greaterOrEqual,
};
