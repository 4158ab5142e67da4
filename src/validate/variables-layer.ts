import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { Value } from '../model/value.ts';
import type { VariableLayer, VariableSource } from '../model/variables.ts';
import type { Context } from './context.ts';
import { type Cursor, entriesOf, keyPlace } from './cursor.ts';

/** The variables that a mapping defines. Names that no template could read are reported. */
export function readVariables(
  cursor: Cursor,
  head: { readonly source: VariableSource; readonly label: string },
  context: Context,
): VariableLayer {
  const values: Record<string, Value> = {};
  const places: Record<string, Place> = {};
  for (const { key, value, path } of written(cursor)) {
    const at = keyPlace({ document: cursor.document, path: [...cursor.path, ...path], value });
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) reportName(key, at, context);
    values[key] = value;
    places[key] = at;
  }
  return { ...head, values, places };
}

interface Written {
  readonly key: string;
  readonly value: Value;
  readonly path: readonly (string | number)[];
}

/** The variables of a mapping, or of a list of mappings in which a later one wins. */
function written({ value }: Cursor): readonly Written[] {
  if (!Array.isArray(value))
    return (entriesOf(value) ?? []).map(([key, one]) => ({ key, value: one, path: [key] }));
  return value.flatMap((part: Value, index) =>
    (entriesOf(part) ?? []).map(([key, one]) => ({ key, value: one, path: [index, key] })),
  );
}

function reportName(key: string, at: Place, context: Context): void {
  const better = key.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_');
  context.report(
    errorDiagnostic('RB202', `"${key}" is no name that templates can read`, {
      at,
      hint: `use letters, digits and "_": ${better}`,
    }),
  );
}
