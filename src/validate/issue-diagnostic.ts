import type { z } from 'zod';
import { didYouMean, nearest } from '../lib/suggest.ts';
import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { ErrorCode } from '../model/error-codes.ts';
import { type Cursor, keyPlace, placeOf } from './cursor.ts';
import { describeKind } from './plain-value.ts';
import { type SchemaIssue, valueAt } from './schema-issues.ts';
import { describeExpected, joinOr, keysAt, listedValues, schemasAt } from './schema-walk.ts';

/** What was checked, for the words and places of its diagnostics. */
export interface IssueSubject {
  /** The value as the schema saw it. */
  readonly value: unknown;
  readonly schema: z.ZodType;
  /** Where the value at a path below the checked one was written. */
  at(path: readonly (string | number)[]): Cursor;
  /** What an unknown key is, and what else could have been meant. */
  readonly keyNoun: string;
  readonly moreKeys?: readonly string[];
  /** `parameter "x" of copy`, or the plain key. */
  label(path: readonly (string | number)[]): string;
  /** Whether texts may be shown in messages; those of parameters may be secret. */
  readonly showsText: boolean;
  readonly codes: { readonly unknown: ErrorCode; readonly wrong: ErrorCode; readonly missing: ErrorCode };
}

/** All that a schema found as diagnostics. A key that is surely a slip of a missing one is told once. */
export function issuesToDiagnostics(
  issues: readonly SchemaIssue[],
  subject: IssueSubject,
): readonly Diagnostic[] {
  const slips = new Set(issues.flatMap((found) => slipsOf(found, subject)));
  return issues
    .filter(({ path }) => !slips.has(path.join('\0')))
    .flatMap((found) => issueToDiagnostics(found, subject));
}

function slipsOf({ issue, path }: SchemaIssue, subject: IssueSubject): readonly string[] {
  if (issue.code !== 'unrecognized_keys') return [];
  const known = keysAt(subject.schema, path);
  return issue.keys.flatMap((key) => {
    const meant = nearest(key, known);
    return meant === undefined ? [] : [[...path, meant].join('\0')];
  });
}

/** Turns one thing that a schema found into diagnostics in our words, each at its place. */
export function issueToDiagnostics(found: SchemaIssue, subject: IssueSubject): readonly Diagnostic[] {
  const { issue, path } = found;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, subject));
  const value = valueAt(subject.value, path);
  if (issue.code === 'invalid_key') return [wrongKey(issue, path, subject)];
  const parent = path.length > 0 ? valueAt(subject.value, path.slice(0, -1)) : undefined;
  if (value === undefined && typeof parent === 'object' && issue.code !== 'custom')
    return [missingKey(path, subject)];
  const message = `${subject.label(path)}: ${complaint(issue, value, { schemas: schemasAt(subject.schema, path), showsText: subject.showsText })}`;
  return [errorDiagnostic(subject.codes.wrong, message, { at: placeOf(subject.at(path)) })];
}

function unknownKey(key: string, path: readonly (string | number)[], subject: IssueSubject): Diagnostic {
  const known = [...keysAt(subject.schema, path), ...(path.length === 0 ? (subject.moreKeys ?? []) : [])];
  const guess = didYouMean(key, known);
  const what = path.length === 0 ? subject.keyNoun : `"%s" is no key of ${subject.label(path)}`;
  const message = `${what.replace('%s', key)}${guess}`;
  const hint =
    guess === '' && known.length > 0 && known.length <= 30 ? `known are ${known.join(', ')}` : undefined;
  return errorDiagnostic(subject.codes.unknown, message, { at: keyPlace(subject.at([...path, key])), hint });
}

function wrongKey(
  issue: z.core.$ZodIssueInvalidKey,
  path: readonly (string | number)[],
  subject: IssueSubject,
): Diagnostic {
  const reason = issue.issues[0]?.message ?? 'the key is not allowed';
  return errorDiagnostic(subject.codes.wrong, `${subject.label(path)}: ${reason}`, {
    at: keyPlace(subject.at(path)),
  });
}

function missingKey(path: readonly (string | number)[], subject: IssueSubject): Diagnostic {
  const parent = subject.at(path.slice(0, -1));
  const expected = schemasAt(subject.schema, path).map(describeExpected);
  const phrase = expected.length === 0 ? '' : `, expected ${joinOr([...new Set(expected)])}`;
  const message = `${subject.label(path)} is missing${phrase}`;
  return errorDiagnostic(subject.codes.missing, message, { at: placeOf(parent) });
}

/** What is wrong with a value: `expected a list, found text`. */
function complaint(
  issue: z.core.$ZodIssue,
  value: unknown,
  { schemas, showsText }: { readonly schemas: readonly z.core.$ZodType[]; readonly showsText: boolean },
): string {
  const found = `, found ${showsText ? describeShown(issue, value) : describeKind(value)}`;
  if (issue.message.startsWith('expected ')) return `${issue.message}${found}`;
  switch (issue.code) {
    case 'custom':
      return issue.message;
    case 'too_small':
      return bound('at least', issue.minimum, issue.origin, value);
    case 'too_big':
      return bound('at most', issue.maximum, issue.origin, value);
    case 'invalid_format':
      return issue.message.startsWith('Invalid') ? `expected ${formatName(issue)}${found}` : issue.message;
    case 'not_multiple_of':
      return `expected a multiple of ${issue.divisor}, found ${String(value)}`;
    default:
      return issue.message.startsWith('Invalid') ? expectation(value, schemas) : issue.message;
  }
}

function describeShown(issue: z.core.$ZodIssue, value: unknown): string {
  if (typeof value === 'number') return String(value);
  const isShort = typeof value === 'string' && value.length <= 40;
  return isShort && issue.code === 'invalid_format' ? JSON.stringify(value) : describeKind(value);
}

function formatName(issue: z.core.$ZodIssueInvalidStringFormat): string {
  if (issue.format === 'regex' && issue.pattern !== undefined) return `text that matches ${issue.pattern}`;
  return `text of the form "${issue.format}"`;
}

function bound(phrase: string, limit: number | bigint, origin: string, value: unknown): string {
  if (origin === 'number' || origin === 'int' || origin === 'bigint')
    return `expected ${phrase} ${limit}, found ${String(value)}`;
  const unit = origin === 'string' ? 'characters' : 'entries';
  if (phrase === 'at least' && Number(limit) === 1) return 'must not be empty';
  return `expected ${phrase} ${limit} ${unit}`;
}

function expectation(value: unknown, schemas: readonly z.core.$ZodType[]): string {
  const expected = joinOr([...new Set(schemas.flatMap((schema) => describeExpected(schema)))]);
  const listed = schemas.flatMap((schema) => listedValues(schema)).map(String);
  if (typeof value !== 'string' || listed.length === 0)
    return `expected ${expected}, found ${describeKind(value)}`;
  return `expected ${expected}, found "${value}"${didYouMean(value, listed)}`;
}
