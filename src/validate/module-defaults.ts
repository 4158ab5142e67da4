import { didYouMean } from '../lib/suggest.ts';
import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Keywords } from '../model/playbook.ts';
import type { Context } from './context.ts';
import { childOf, entriesOf, keyPlace } from './cursor.ts';
import type { KeywordInput } from './keyword-kinds.ts';
import { bareModuleName, findModule } from './module-names.ts';
import { reportUnknownParam } from './module-params.ts';
import type { ReadKeywords } from './read-keywords.ts';

/** Checks the names in `module_defaults` and gives the defaults of this level; empty where there are none. */
export function checkModuleDefaults(
  read: Pick<ReadKeywords<KeywordInput>, 'cursors'>,
  keywords: Keywords,
  context: Context,
): NonNullable<Keywords['moduleDefaults']> {
  const cursor = read.cursors.get('module_defaults');
  if (cursor === undefined) return {};
  const { modules } = context.options;
  for (const [written, params] of entriesOf(cursor.value) ?? []) {
    const spec = findModule(written, modules);
    const child = childOf(cursor, written);
    for (const [name] of entriesOf(params) ?? [])
      if (spec !== undefined) reportUnknownParam(name, spec, childOf(child, name), context);
    if (spec !== undefined || cursor.document.dialect === 'ansible') continue;
    const guess = didYouMean(bareModuleName(written), modules.keys());
    const message = `module_defaults: no module is named "${written}"${guess}`;
    context.report(errorDiagnostic('RB204', message, { at: keyPlace(child) }));
  }
  return keywords.moduleDefaults ?? {};
}
