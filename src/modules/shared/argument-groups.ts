import type { Value } from '../../model/value.ts';
import type { ArgumentOption } from './argument-spec.ts';

type Given = Readonly<Record<string, Value>>;

/** What is wrong with the arguments of one mapping taken together. */
export function groupErrors(option: ArgumentOption, given: Given): string[] {
  return [
    ...exclusive(option, given),
    ...together(option, given),
    ...oneOf(option, given),
    ...requiredIf(option, given),
    ...requiredBy(option, given),
  ];
}

/** A value as specifications compare it. */
export function plainText(value: unknown): string {
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
}

function isGiven(given: Given, name: unknown): boolean {
  return (given[String(name)] ?? undefined) !== undefined;
}

function exclusive({ mutually_exclusive: groups = [] }: ArgumentOption, given: Given): string[] {
  return groups
    .map((names) => names.filter((name) => isGiven(given, name)))
    .filter((names) => names.length > 1)
    .map((names) => `${names.join(' and ')} exclude each other`);
}

function together({ required_together: groups = [] }: ArgumentOption, given: Given): string[] {
  return groups
    .filter(
      (names) => names.some((name) => isGiven(given, name)) && !names.every((name) => isGiven(given, name)),
    )
    .map((names) => `${names.join(', ')} are given together or not at all`);
}

function oneOf({ required_one_of: groups = [] }: ArgumentOption, given: Given): string[] {
  return groups
    .filter((names) => !names.some((name) => isGiven(given, name)))
    .map((names) => `one of ${names.join(', ')} is missing`);
}

function requiredIf({ required_if: rules = [] }: ArgumentOption, given: Given): string[] {
  return rules.flatMap(([name, value, names, isAny]) => {
    if (!isGiven(given, name) || plainText(given[String(name)]) !== plainText(value)) return [];
    const required = [names].flat().map(String);
    const missing = required.filter((one) => !isGiven(given, one));
    if (missing.length === 0 || (isAny === true && missing.length < required.length)) return [];
    const what = isAny === true ? `one of ${required.join(', ')}` : missing.join(', ');
    return [`${String(name)} is ${plainText(value)}, so ${what} must be given`];
  });
}

function requiredBy({ required_by: rules = {} }: ArgumentOption, given: Given): string[] {
  return Object.entries(rules).flatMap(([name, needed]) => {
    const missing = isGiven(given, name) ? [needed].flat().filter((one) => !isGiven(given, one)) : [];
    return missing.length === 0 ? [] : [`${name} needs ${missing.join(', ')} beside it`];
  });
}
