import { Float } from '../../model/value.ts';
import {
  flagArgument,
  integerArgument,
  isAbsent,
  numberArgument,
  parseFloatText,
  parseInteger,
  textArgument,
} from '../arguments.ts';
import { type Datum, Markup, orElse, type Run, Undefined } from '../datum.ts';
import { lenient, type Native, native } from '../native.ts';
import { pairsOf } from '../python/container-methods.ts';
import { dictEntries, isDict } from '../python/dict.ts';
import { tryItemsOf } from '../python/iterate.ts';
import { float, integer, isNumber, roundFloat, toBigInt, toFixed, toNumber } from '../python/number.ts';
import { toText } from '../python/text.ts';
import { isInteger, isList, isText, isTruthy, typeName } from '../python/types.ts';
import { htmlSafe, writeJson } from './json.ts';
import { prettyPrint } from './pretty-print.ts';
import { randomIndex } from './random.ts';

function toInteger(run: Run, value: Datum, fallback: Datum = 0, base?: Datum): Datum {
  if (isText(value)) {
    const text = toText(run, value);
    const whole = parseInteger(text, integerArgument(run, base, 'base', 10));
    if (whole !== undefined) return whole;
    const number = parseFloatText(text);
    if (number === Number.POSITIVE_INFINITY || number === Number.NEGATIVE_INFINITY)
      throw run.fail('infinity is no integer');
    return number === undefined || !Number.isFinite(number) ? fallback : truncated(number);
  }
  if (!isNumber(value)) return fallback;
  if (isInteger(value)) return integer(toBigInt(value));
  const number = toNumber(value);
  return Number.isFinite(number) ? truncated(number) : fallback;
}

function truncated(value: number): Datum {
  return integer(BigInt(Math.trunc(value)));
}

function toFloat(run: Run, value: Datum, fallback: Datum = new Float(0)): Datum {
  if (isNumber(value)) return float(toNumber(value));
  const number = isText(value) ? parseFloatText(toText(run, value)) : undefined;
  return number === undefined ? fallback : float(number);
}

function round(run: Run, value: Datum, precision?: Datum, method?: Datum): Datum {
  const places = integerArgument(run, precision, 'precision', 0);
  const how = textArgument(run, method, 'method', 'common');
  if (!['common', 'ceil', 'floor'].includes(how))
    throw run.fail('"method" must be "common", "ceil" or "floor"');
  if (!isNumber(value)) throw run.fail(`"round" needs a number, not ${typeName(value)}`);
  if (how === 'common') {
    if (isInteger(value))
      return places >= 0 ? integer(toBigInt(value)) : roundInteger(toBigInt(value), -places);
    return float(roundFloat(toNumber(value), places));
  }
  const scale = 10 ** places;
  const scaled = toNumber(value) * scale;
  return float((how === 'ceil' ? Math.ceil(scaled) : Math.floor(scaled)) / scale);
}

function roundInteger(value: bigint, digits: number): Datum {
  const unit = 10n ** BigInt(Math.min(digits, 400));
  const rest = ((value % unit) + unit) % unit;
  const down = value - rest;
  const up = rest * 2n > unit || (rest * 2n === unit && (down / unit) % 2n !== 0n);
  return integer(up ? down + unit : down);
}

const decimalUnits = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];

function fileSize(run: Run, value: Datum, binary?: Datum): string {
  const number = toFloat(run, value, null);
  if (number === null) throw run.fail(`"filesizeformat" needs a number, not ${typeName(value)}`);
  const bytes = numberArgument(run, number, 'value');
  const isBinary = flagArgument(binary);
  const base = isBinary ? 1024 : 1000;
  if (bytes === 1) return '1 Byte';
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
  const index = Math.min(Math.floor(Math.log(bytes) / Math.log(base)) - 1, decimalUnits.length - 1);
  // The logarithm may be off by one next to a power of the base.
  const exact = bytes >= base ** (index + 2) && index < decimalUnits.length - 1 ? index + 1 : index;
  const unit = decimalUnits[exact] ?? 'YB';
  return `${toFixed(bytes / base ** (exact + 1), 1)} ${isBinary ? `${unit[0]?.toUpperCase()}iB` : unit}`;
}

function urlEncode(run: Run, value: Datum): string {
  if (isText(value) || !(isDict(value) || isList(value))) return quoteUrl(toText(run, value), '/');
  const form = (item: Datum) => quoteUrl(toText(run, item), '').replaceAll('%20', '+');
  const pairs = isDict(value) ? dictEntries(value) : pairsOf(run, value);
  return pairs.map(([key, item]) => `${form(key)}=${form(item)}`).join('&');
}

/** Text with everything but letters, digits, `_.-~` and the characters given written as `%xx` of its UTF-8 bytes. */
function quoteUrl(text: string, safe: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      const kept = byte < 128 && (/[\w.~-]/.test(character) || safe.includes(character));
      return kept ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

function random(run: Run, value: Datum, start?: Datum, step?: Datum, seed?: Datum): Datum {
  const pick = randomIndex(run, seed);
  if (isNumber(value)) {
    const from = integerArgument(run, isAbsent(start) ? 0 : start, 'start');
    const by = integerArgument(run, isAbsent(step) ? 1 : step, 'step');
    const count = Math.ceil((integerArgument(run, value, 'end') - from) / (by === 0 ? 1 : by));
    if (count <= 0 || by === 0) throw run.fail('the range to choose a random number from is empty');
    return from + by * pick(count);
  }
  if (!isAbsent(start) || !isAbsent(step))
    throw run.fail('start and step can only be used with numbers, not with items');
  const items = tryItemsOf(run, value);
  if (items === undefined)
    throw run.fail(`random can only be used on items and numbers, not on ${typeName(value)}`);
  const hint = 'an empty list has no random item';
  return orElse(items[pick(items.length)], () => new Undefined(undefined, run.site, { hint }));
}

/** `default(value, fallback, boolean)` */
function fallbackTo(_run: Run, value: Datum, fallback: Datum = '', whenFalse?: Datum): Datum {
  if (value instanceof Undefined) return fallback;
  return flagArgument(whenFalse) && !isTruthy(value) ? fallback : value;
}

function absolute(run: Run, value: Datum): Datum {
  if (isInteger(value)) {
    const whole = toBigInt(value);
    return integer(whole < 0n ? -whole : whole);
  }
  return float(Math.abs(numberArgument(run, value, 'value')));
}

/** Jinja2's filters on single values. */
export const valueFilters: Readonly<Record<string, Native>> = {
  default: lenient('value, default_value?, boolean?', fallbackTo),
  int: native('value, default?, base?', toInteger),
  float: native('value, default?', toFloat),
  abs: native('value', absolute),
  round: native('value, precision?, method?', round),
  filesizeformat: native('value, binary?', fileSize),
  urlencode: native('value', urlEncode),
  random: native('value, start?, step?, seed?', random),
  pprint: native('value', prettyPrint),
  tojson: native('value, indent?', (run: Run, value: Datum, indent?: Datum) => {
    const size = isAbsent(indent) ? undefined : integerArgument(run, indent, 'indent');
    return new Markup(htmlSafe(writeJson(run, value, { indent: size, sortKeys: true, ascii: true })));
  }),
};
