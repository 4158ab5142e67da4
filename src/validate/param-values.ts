import type { Value } from '../model/value.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, entriesOf } from './cursor.ts';

/** The values of all `params`; ajv is loaded only where there are some. */
export async function readParamValues(
  declared: readonly Cursor[],
  context: Context,
): Promise<Readonly<Record<string, Value>>> {
  const params = declared.flatMap((cursor) =>
    (entriesOf(cursor.value) ?? []).map(([name]) => childOf(cursor, name)),
  );
  if (params.length === 0) return {};
  const { checkParams } = await import('./param-schemas.ts');
  return checkParams(params, context);
}
