import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Keywords } from '../model/playbook.ts';
import type { Context } from './context.ts';
import { type Cursor, entriesOf, placeOf } from './cursor.ts';
import { reuseHead } from './import-head.ts';
import type { ReuseInput } from './keyword-kinds.ts';
import { describeKind } from './plain-value.ts';
import { readKeywords } from './read-keywords.ts';

/** Reads `apply` of an include: the keywords of a block, which hold for the included steps. */
export function readApply(cursor: Cursor | undefined, context: Context): Keywords | undefined {
  if (cursor === undefined) return undefined;
  const entries = entriesOf(cursor.value);
  if (entries === undefined) {
    const message = `"apply": expected a mapping of keywords, found ${describeKind(cursor.value)}`;
    context.report(errorDiagnostic('RB202', message, { at: placeOf(cursor) }));
    return undefined;
  }
  const read = readKeywords<ReuseInput>(cursor, entries, 'import', context);
  return reuseHead(cursor, read, 'apply', context).keywords;
}
