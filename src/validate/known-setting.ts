import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Keywords } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import { precedence, type VariableLayer } from '../model/variables.ts';
import type { Context } from './context.ts';
import { type Cursor, placeOf } from './cursor.ts';
import type { KeywordInput } from './keyword-kinds.ts';
import type { ReadKeywords } from './read-keywords.ts';
import { flag, hasTemplate } from './scalars.ts';

/**
 * A setting that shapes the plan: a template in it is rendered with the variables that are known before the run. RB202
 * where they do not tell it; undefined then.
 */
export function knownSetting<Setting>(
  value: Setting,
  cursor: Cursor | undefined,
  known: readonly VariableLayer[],
  context: Context,
): Setting | Value | undefined {
  if (typeof value !== 'string' || !hasTemplate(value) || cursor === undefined) return value;
  let reason = 'templates are not rendered here';
  try {
    const rendered = context.options.render?.(value, valuesOf(known));
    if (rendered !== undefined) return rendered;
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  context.report(
    errorDiagnostic('RB202', `"${value}" must be known before the run: ${reason}`, {
      at: placeOf(cursor),
      hint: 'it decides on the plan: use variables of the playbook, of the play, or of -e',
    }),
  );
  return undefined;
}

/** As `knownSetting`, of a setting that is true or false. */
export function knownFlag(
  value: boolean | string | undefined,
  cursor: Cursor | undefined,
  known: readonly VariableLayer[],
  context: Context,
): boolean | undefined {
  const rendered = knownSetting(value, cursor, known, context);
  if (typeof rendered === 'boolean' || rendered === undefined) return rendered;
  const read = flag.safeParse(typeof rendered === 'number' ? String(rendered) : rendered);
  if (read.success) return read.data;
  if (rendered === 1 || rendered === 0) return rendered === 1;
  if (cursor !== undefined) {
    const message = `expected true or false, but it is ${JSON.stringify(rendered)}`;
    context.report(errorDiagnostic('RB202', message, { at: placeOf(cursor) }));
  }
  return undefined;
}

/** `throttle`, a whole number: RB202 for a template that gives anything else. */
export function knownThrottle(
  { input, cursors }: Pick<ReadKeywords<Pick<KeywordInput, 'throttle'>>, 'input' | 'cursors'>,
  known: readonly VariableLayer[],
  context: Context,
): Pick<Keywords, 'throttle'> {
  const at = cursors.get('throttle');
  const rendered = knownSetting(input.throttle, at, known, context);
  if (rendered === undefined) return {};
  const throttle = Number(rendered);
  if (Number.isInteger(throttle) && throttle >= 0) return { throttle };
  if (at !== undefined) {
    const message = `"throttle": expected a whole number of at least 0, found ${JSON.stringify(rendered)}`;
    context.report(errorDiagnostic('RB202', message, { at: placeOf(at) }));
  }
  return {};
}

/** The values of layers, those of the higher precedence over the others. */
export function valuesOf(layers: readonly VariableLayer[]): Record<string, Value> {
  const rank = (layer: VariableLayer) => precedence.indexOf(layer.source);
  const values: Record<string, Value> = {};
  for (const layer of [...layers].sort((a, b) => rank(a) - rank(b))) Object.assign(values, layer.values);
  return values;
}
