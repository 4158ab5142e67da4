import { didYouMean } from '../lib/suggest.ts';
import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Keywords } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, entriesOf, keyPlace } from './cursor.ts';
import { bareModuleName, findModule } from './module-names.ts';
import { reportUnknownParam } from './module-params.ts';
import type { ReadKeywords } from './read-keywords.ts';

/**
 * Reads `module_defaults`: modules and parameters under their own names, whatever spelling was written. Names that are
 * not known are reported; modules of other collections stay as written in Ansible's form.
 */
export function readModuleDefaults(
  read: Pick<ReadKeywords<unknown>, 'cursors'>,
  context: Context,
): Pick<Keywords, 'moduleDefaults'> {
  const cursor = read.cursors.get('module_defaults');
  const entries = entriesOf(cursor?.value);
  if (cursor === undefined || entries === undefined) return {};
  const moduleDefaults: Record<string, Record<string, Value>> = {};
  for (const [written, params] of entries) {
    const spec = findModule(written, context.options.modules);
    const child = childOf(cursor, written);
    if (spec === undefined) reportUnknownModule(written, child, context);
    const own = moduleDefaults[spec?.name ?? bareModuleName(written)] ?? {};
    for (const [name, value] of entriesOf(params) ?? []) {
      if (spec !== undefined) reportUnknownParam(name, spec, childOf(child, name), context);
      own[spec?.paramAliases?.[name] ?? name] = value;
    }
    moduleDefaults[spec?.name ?? bareModuleName(written)] = own;
  }
  return { moduleDefaults };
}

function reportUnknownModule(written: string, cursor: Cursor, context: Context): void {
  if (cursor.document.dialect === 'ansible') return;
  const guess = didYouMean(bareModuleName(written), context.options.modules.keys());
  const message = `module_defaults: no module is named "${written}"${guess}`;
  context.report(errorDiagnostic('RB204', message, { at: keyPlace(cursor) }));
}
