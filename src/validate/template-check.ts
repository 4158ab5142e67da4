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
  const { value } = cursor;
  if (typeof value !== 'string') return;
  if (!hasTemplate(value)) {
    reportFault(cursor, `${opening}${value} }}`, opening.length, context);
    return;
  }
  const key = cursor.path.findLast((part) => typeof part === 'string');
  context.report(
    warningDiagnostic('RB211', `"${key}" is an expression already and needs no braces`, {
      at: placeOf(cursor),
      hint: 'write the expression without {{ }}',
    }),
  );
  reportFault(cursor, value, 0, context);
}

/** @param shift How many characters of the first line of `text` the author did not write. */
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
