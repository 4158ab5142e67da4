import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Keywords } from '../model/playbook.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { Context } from './context.ts';
import { type Cursor, entriesOf, placeOf } from './cursor.ts';
import { reuseHead } from './import-head.ts';
import type { ReuseInput } from './keyword-kinds.ts';
import { describeKind } from './plain-value.ts';
import { readKeywords } from './read-keywords.ts';

/** Reads `apply` of an include: the keywords and variables of a block, which hold for the included steps. */
export function readApply(
  cursor: Cursor | undefined,
  context: Context,
): { readonly apply?: Keywords; readonly applyVars?: VariableLayer } {
  if (cursor === undefined) return {};
  const entries = entriesOf(cursor.value);
  if (entries === undefined) {
    const message = `"apply": expected a mapping of keywords, found ${describeKind(cursor.value)}`;
    context.report(errorDiagnostic('RB202', message, { at: placeOf(cursor) }));
    return {};
  }
  const read = readKeywords<ReuseInput>(cursor, entries, 'import', context);
  const { keywords, vars } = reuseHead(cursor, read, 'apply', context);
  return { apply: keywords, ...(vars !== undefined && { applyVars: vars }) };
}
