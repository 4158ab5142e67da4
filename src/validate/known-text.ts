import { errorDiagnostic } from '../model/diagnostic.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { Context } from './context.ts';
import { type Cursor, placeOf } from './cursor.ts';
import { valuesOf } from './known-setting.ts';
import { hasTemplate } from './scalars.ts';

/**
 * A name that must be known before the run, rendered with the variables that are. RB215 where it is not; undefined then.
 *
 * @param instead What reads such names in the run: `include_tasks`.
 */
export function knownText(
  text: string,
  cursor: Cursor,
  use: { readonly known: readonly VariableLayer[]; readonly instead: string },
  context: Context,
): string | undefined {
  if (!hasTemplate(text)) return text;
  let reason = 'it is no text';
  try {
    const value = context.options.render?.(text, valuesOf(use.known));
    if (typeof value === 'string' || typeof value === 'number') return String(value);
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  context.report(
    errorDiagnostic('RB215', `the name "${text}" is not known before the run: ${reason}`, {
      at: placeOf(cursor),
      hint: `use ${use.instead}, which reads the name when the step is reached, or give the variable with -e`,
    }),
  );
  return undefined;
}
