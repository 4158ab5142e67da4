import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Value } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, placeOf } from './cursor.ts';
import { hasTemplate } from './scalars.ts';

/** What `vars_files` gives before the run, and what can only be read in it. */
export interface VarsFilesReading {
  readonly layers: readonly VariableLayer[];
  /** Names that are templates, and lists that hold one. */
  readonly dynamic: readonly Value[];
}

/** Reads the files that `vars_files` names. Of a list in the list, the first file that exists counts. */
export async function readVarsFiles(cursor: Cursor | undefined, context: Context): Promise<VarsFilesReading> {
  const layers: VariableLayer[] = [];
  const dynamic: Value[] = [];
  if (cursor === undefined) return { layers, dynamic };
  const entries = Array.isArray(cursor.value)
    ? [...cursor.value.keys()].map((index) => childOf(cursor, index))
    : [cursor];
  for (const entry of entries) {
    const { value } = entry;
    const names = (Array.isArray(value) ? value : [value]).filter((name) => typeof name === 'string');
    if (value !== undefined && names.some(hasTemplate)) dynamic.push(value);
    else layers.push(...(await readFirst(entry, names, context)));
  }
  return { layers, dynamic };
}

async function readFirst(
  entry: Cursor,
  names: readonly string[],
  context: Context,
): Promise<readonly VariableLayer[]> {
  for (const name of names) {
    const file = await context.options.readVarsFile(name, entry.document.file.path);
    if (file === undefined) continue;
    for (const diagnostic of file.diagnostics) context.report(diagnostic);
    return file.layer === undefined ? [] : [file.layer];
  }
  const what = names.length === 1 ? `variables file "${names[0]}"` : 'none of the variables files';
  context.report(
    errorDiagnostic('RB101', `${what} was ${names.length === 1 ? 'not ' : ''}found`, {
      at: placeOf(entry),
      hint: 'names are relative to the playbook, or to the folder vars/ beside it',
    }),
  );
  return [];
}
