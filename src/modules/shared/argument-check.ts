import { didYouMean } from '../../lib/suggest.ts';
import { isValueMap, Secret, type Value } from '../../model/value.ts';
import { groupErrors, plainText } from './argument-groups.ts';
import type { ArgumentOption, ArgumentSpec } from './argument-spec.ts';
import { argumentFault } from './argument-type.ts';

/** Arguments by name; a name that is absent has no value. */
export type Arguments = Readonly<Record<string, Value>>;

/** What is wrong with arguments, one sentence each, in the order of the specification. */
export function argumentErrors(spec: ArgumentSpec, given: Arguments, path = ''): string[] {
  return Object.entries(spec).flatMap(([name, option]) => {
    const label = path === '' ? name : `${path}.${name}`;
    const value = givenValue(name, option, given);
    if (value === undefined) {
      return option.required === true && option.default === undefined
        ? [`"${label}" is missing: expected ${wanted(option)}`]
        : [];
    }
    return valueErrors(option, value, label);
  });
}

/** A value under the argument's name or one of its further ones; null counts as none, as in Ansible. */
function givenValue(name: string, option: ArgumentOption, given: Arguments): Value | undefined {
  const key = [name, ...(option.aliases ?? [])].find((one) => Object.hasOwn(given, one));
  return key === undefined ? undefined : (given[key] ?? undefined);
}

function valueErrors(option: ArgumentOption, value: Value, label: string): string[] {
  const expected = option.type ?? 'str';
  const fault = argumentFault(expected, value);
  if (fault !== undefined) return [`"${label}": expected ${wanted(option)}, found ${shown(value, option)}`];
  const items = expected === 'list' ? listOf(value) : undefined;
  const errors: string[] = [];
  for (const [index, item] of (items ?? []).entries()) {
    if (option.elements === undefined || argumentFault(option.elements, item) === undefined) continue;
    errors.push(
      `"${label}", item ${index + 1}: expected ${words[option.elements]}, found ${shown(item, option)}`,
    );
  }
  return [
    ...errors,
    ...choiceErrors(option, items ?? [value], label),
    ...nestedErrors(option, items ?? [value], label),
  ];
}

function choiceErrors(
  { choices, ...option }: ArgumentOption,
  values: readonly Value[],
  label: string,
): string[] {
  if (choices === undefined) return [];
  const allowed = choices.map(plainText);
  return values
    .filter((value) => !allowed.includes(plainText(value)))
    .map((value) => {
      const guess = typeof value === 'string' ? didYouMean(value, allowed) : '';
      return `"${label}": expected one of ${allowed.join(', ')}, found ${shown(value, option)}${guess}`;
    });
}

/** Mappings with arguments of their own. */
function nestedErrors(option: ArgumentOption, values: readonly Value[], label: string): string[] {
  const { options } = option;
  if (options === undefined) return [];
  return values.flatMap((value, index) => {
    const given = mappingOf(value);
    if (given === undefined) return [];
    const place = option.type === 'list' ? `${label}[${index}]` : label;
    return [
      ...unknownErrors(options, given, place),
      ...argumentErrors(options, given, place),
      ...groupErrors(option, given).map((error) => `"${place}": ${error}`),
    ];
  });
}

function unknownErrors(options: ArgumentSpec, given: Arguments, label: string): string[] {
  const known = Object.entries(options).flatMap(([name, option]) => [name, ...(option.aliases ?? [])]);
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => `"${label}.${name}" is not known${didYouMean(name, known)}`);
}

/** A list as it is read: text is split at its commas, another single value is a list of one. */
function listOf(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value;
  return typeof value === 'string' ? value.split(',').map((one) => one.trim()) : [value];
}

function mappingOf(value: Value): Arguments | undefined {
  if (isValueMap(value)) return value;
  if (!(value instanceof Map)) return undefined;
  return Object.fromEntries([...value].map(([key, item]: [Value, Value]) => [String(key), item]));
}

const words: Readonly<Record<NonNullable<ArgumentOption['type']>, string>> = {
  str: 'text',
  int: 'a whole number',
  float: 'a number',
  bool: 'true or false',
  list: 'a list',
  dict: 'a mapping',
  path: 'a path',
  raw: 'a value',
  jsonarg: 'JSON text',
  json: 'JSON text',
  bytes: 'a size such as 10M',
  bits: 'a size such as 10Mb',
};

function wanted({ type = 'str', elements }: ArgumentOption): string {
  return type === 'list' && elements !== undefined ? `a list, each item ${words[elements]}` : words[type];
}

/** A value in a message: what may be secret, or is long, by its kind only. */
function shown(value: Value, { no_log: isSecret = false }: ArgumentOption): string {
  if (isSecret || value instanceof Secret) return 'another value';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return value.length > 60 ? 'another text' : JSON.stringify(value);
  return typeof value === 'object' ? 'a mapping' : String(value);
}
