import { flagArgument, integerArgument, isAbsent, numberArgument, textArgument } from '../arguments.ts';
import { type Datum, type Run, Undefined } from '../datum.ts';
import { randomIndex } from '../filters/random.ts';
import { lenient, type Native, native } from '../native.ts';
import { tryItemsOf } from '../python/iterate.ts';
import { float, isNumber, toNumber } from '../python/number.ts';
import { split } from '../python/string-split.ts';
import { toText } from '../python/text.ts';
import { isTruthy, typeName } from '../python/types.ts';
import { comment } from './comment.ts';
import { bytesFromHuman, humanBytes } from './human-size.ts';
import { shellWord } from './shell-word.ts';

const trueWords: ReadonlySet<string> = new Set(['yes', 'on', '1', 'true']);

/** Ansible's `bool`: `yes`, `on`, `1` and `true` are true, all other texts false. */
export function toBool(run: Run, value: Datum): Datum {
  if (value === null || typeof value === 'boolean') return value;
  if (isNumber(value)) return toNumber(value) === 1;
  return trueWords.has(toText(run, value).toLowerCase());
}

function ternary(_run: Run, value: Datum, whenTrue: Datum, whenFalse: Datum, whenNone?: Datum): Datum {
  if (value === null && !isAbsent(whenNone)) return whenNone;
  return isTruthy(value) ? whenTrue : whenFalse;
}

function mandatory(run: Run, value: Datum, message?: Datum): Datum {
  if (!(value instanceof Undefined)) return value;
  if (isAbsent(message)) throw run.fail(`Mandatory variable '${value.name ?? ''}'  not defined.`);
  throw run.fail(toText(run, message));
}

/** Ansible's filters on single values. */
export const ansibleValueFilters: Readonly<Record<string, Native>> = {
  bool: native('value', toBool),
  ternary: lenient('value, true_val, false_val, none_val?', ternary),
  mandatory: lenient('value, msg?', mandatory),
  quote: native('value', (run: Run, value: Datum) => (value === null ? "''" : shellWord(toText(run, value)))),
  type_debug: lenient('value', (_run: Run, value: Datum) =>
    value instanceof Undefined ? 'AnsibleUndefined' : typeName(value),
  ),
  comment: native(
    'text, style?, decoration?, beginning?, prefix?, prefix_count?, postfix?, postfix_count?, end?, newline?',
    comment,
  ),
  split: native('value, sep?, maxsplit?', (run: Run, value: Datum, sep?: Datum, max?: Datum) => {
    const separator = isAbsent(sep) ? undefined : textArgument(run, sep, 'sep');
    if (separator === '') throw run.fail('the separator is empty');
    return split(
      run,
      textArgument(run, value, 'value'),
      separator,
      integerArgument(run, max, 'maxsplit', -1),
    );
  }),
  human_readable: native('size, isbits?, unit?', (run: Run, size: Datum, bits?: Datum, unit?: Datum) =>
    humanBytes(
      run,
      numberArgument(run, size, 'size'),
      flagArgument(bits),
      isAbsent(unit) ? undefined : toText(run, unit),
    ),
  ),
  human_to_bytes: native(
    'size, default_unit?, isbits?',
    (run: Run, size: Datum, unit?: Datum, bits?: Datum) =>
      bytesFromHuman(
        run,
        toText(run, size),
        isAbsent(unit) ? undefined : toText(run, unit),
        flagArgument(bits),
      ),
  ),
  log: native('value, base?', (run: Run, value: Datum, base?: Datum) => {
    const number = numberArgument(run, value, 'value');
    if (number <= 0) throw run.fail('"log" needs a number above zero');
    if (isAbsent(base)) return float(Math.log(number));
    const by = numberArgument(run, base, 'base');
    return float(
      by === 10 ? Math.log10(number) : by === 2 ? Math.log2(number) : Math.log(number) / Math.log(by),
    );
  }),
  pow: native('value, exponent', (run: Run, value: Datum, exponent: Datum) => {
    const [base, power] = [numberArgument(run, value, 'value'), numberArgument(run, exponent, 'exponent')];
    const result = base ** power;
    if (Number.isFinite(base) && Number.isFinite(power) && !Number.isFinite(result))
      throw run.fail(`${base} to the power of ${power} is no real number that a float can hold`);
    return float(result);
  }),
  root: native('value, base?', (run: Run, value: Datum, base?: Datum) => {
    const number = numberArgument(run, value, 'value');
    const degree = isAbsent(base) ? 2 : numberArgument(run, base, 'base');
    if (degree === 0) throw run.fail('there is no root to the base 0');
    if (degree === 2 && number < 0) throw run.fail('there is no square root of a number below zero');
    return float(degree === 2 ? Math.sqrt(number) : number ** (1 / degree));
  }),
  shuffle: native('value, seed?', (run: Run, value: Datum, seed?: Datum) => {
    const found = tryItemsOf(run, value);
    if (found === undefined) return value;
    const pick = randomIndex(run, seed);
    const items: Datum[] = [...found];
    for (let i = items.length - 1; i > 0; i--) {
      const other = pick(i + 1);
      [items[i], items[other]] = [items[other] ?? null, items[i] ?? null];
    }
    return items;
  }),
};
