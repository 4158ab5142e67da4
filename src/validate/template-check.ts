import { errorDiagnostic, warningDiagnostic } from '../model/diagnostic.ts';
import { Unsafe } from '../model/value.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, entriesOf, keyPlace, placeOf } from './cursor.ts';
import { hasTemplate } from './scalars.ts';

const opening = '{{ ';

/** Checks the syntax of every template in a value, at any depth. Values marked `!unsafe` are no templates. */
export function checkTemplates(cursor: Cursor, context: Context): void {
  const { value } = cursor;
  if (typeof value === 'string') {
    if (hasTemplate(value)) reportFault(cursor, value, 0, context);
    return;
  }
  if (value instanceof Unsafe) return;
  if (Array.isArray(value)) {
    for (const index of value.keys()) checkTemplates(childOf(cursor, index), context);
    return;
  }
  for (const [key, item] of entriesOf(value) ?? [])
    checkTemplates({ document: cursor.document, path: [...cursor.path, key], value: item }, context);
}

/** Checks conditions: expressions without braces, one or a list. */
export function checkConditions(cursor: Cursor, context: Context): void {
  if (Array.isArray(cursor.value)) {
    for (const index of cursor.value.keys()) checkConditions(childOf(cursor, index), context);
    return;
  }
  if (typeof cursor.value !== 'string') return;
  const key = cursor.path.findLast((part) => typeof part === 'string');
  checkCondition(cursor, { name: String(key), value: cursor.value, start: 0 }, context);
}

/** A `key=value` word. */
export interface TextPart {
  readonly name: string;
  readonly value: string;
  /** Whether the value is an expression rather than text with templates. */
  readonly isCondition: boolean;
}

/** Checks the value of a `key=value` word, which is a part of the text at a cursor. */
export function checkPart(cursor: Cursor, part: TextPart, context: Context): void {
  const { name, value } = part;
  const text = typeof cursor.value === 'string' ? cursor.value : '';
  const start = Math.max(0, text.indexOf(value, Math.max(0, text.indexOf(`${name}=`))));
  if (part.isCondition) checkCondition(cursor, { name, value, start }, context);
  else if (hasTemplate(value)) reportFault(cursor, value, -start, context);
}

interface Condition {
  readonly name: string;
  readonly value: string;
  /** Where it begins in the text at the cursor. */
  readonly start: number;
}

function checkCondition(cursor: Cursor, { name, value, start }: Condition, context: Context): void {
  if (value.trim() === '') {
    const message = `"${name}" is empty, an expression was expected`;
    const at = cursor.value === '' ? keyPlace(cursor) : placeOf(cursor);
    context.report(errorDiagnostic('RB211', message, { at }));
    return;
  }
  if (!hasTemplate(value)) {
    reportFault(cursor, `${opening}${value} }}`, opening.length - start, context);
    return;
  }
  context.report(
    warningDiagnostic('RB211', `"${name}" is an expression already and needs no braces`, {
      at: placeOf(cursor),
      hint: 'write the expression without {{ }}',
    }),
  );
  reportFault(cursor, value, -start, context);
}

/** @param shift How many characters of the first line of `text` the author did not write; negative: wrote before it. */
function reportFault(cursor: Cursor, text: string, shift: number, context: Context): void {
  const fault = context.options.checkTemplate(text);
  if (fault === undefined) return;
  const lines = text.split('\n').slice(0, fault.line - 1);
  const before = lines.reduce((sum, line) => sum + line.length + 1, 0);
  const written = typeof cursor.value === 'string' ? cursor.value.length : 0;
  const offset = Math.max(0, Math.min(before + fault.column - 1 - shift, written - 1));
  const at = written === 0 ? keyPlace(cursor) : placeOf(cursor, { offset, length: 1 });
  context.report(errorDiagnostic('RB211', `template: ${fault.message}`, { at }));
}
