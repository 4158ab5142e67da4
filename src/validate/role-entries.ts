import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Value } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, entriesOf, placeOf } from './cursor.ts';
import { type ReuseHead, reuseHead } from './import-head.ts';
import { isKeywordOf, type ReuseInput } from './keyword-kinds.ts';
import { knownText } from './known-text.ts';
import { describeKind } from './plain-value.ts';
import { readKeywords } from './read-keywords.ts';
import { nativeRoleKeywords } from './reuse-keywords.ts';
import { type RoleUse, usualFiles } from './role-use.ts';
import { checkTemplates } from './template-check.ts';
import { readVariables } from './variables-layer.ts';

/** Reads an entry of `roles`, or of a role's dependencies: a name, or a mapping in which all but keywords are parameters. */
export function readRoleEntry(
  cursor: Cursor,
  reach: 'roles' | 'dependency',
  known: readonly VariableLayer[],
  context: Context,
): RoleUse | undefined {
  const { value } = cursor;
  const common = { from: usualFiles, isOnce: true, isPublic: true, isChecked: true, reach } as const;
  if (typeof value === 'string') {
    const name = knownText(value, cursor, { known, instead: 'include_role' }, context);
    const head: ReuseHead = { at: placeOf(cursor), places: {}, keywords: {} };
    return name === undefined ? undefined : { name, at: placeOf(cursor), head, layers: [], ...common };
  }
  const entries = entriesOf(value);
  if (entries === undefined) {
    const message = `expected a role, which is a name or a mapping with "role", found ${describeKind(value)}`;
    context.report(errorDiagnostic('RB202', message, { at: placeOf(cursor) }));
    return undefined;
  }
  return readMapping(cursor, entries, known, common, context);
}

function readMapping(
  cursor: Cursor,
  entries: readonly (readonly [string, Value])[],
  known: readonly VariableLayer[],
  common: Pick<RoleUse, 'from' | 'isOnce' | 'isPublic' | 'isChecked' | 'reach'>,
  context: Context,
): RoleUse | undefined {
  const isNative = cursor.document.dialect === 'native';
  const isKeyword = (key: string) => isKeywordOf('role', key) && (isNative || !nativeRoleKeywords.has(key));
  const own = entries.filter(([key]) => isKeyword(key) && key !== 'vars');
  const read = readKeywords<ReuseInput>(cursor, own, 'role', context);
  const { input, cursors } = read;
  // `name` is the role's here, and no title of the step.
  const { name: _, ...untitled } = input;
  const head = reuseHead(cursor, { ...read, input: untitled }, 'a role', context);
  const written = cursors.get('role') ?? cursors.get('name');
  if (written === undefined) {
    if (read.sound)
      context.report(errorDiagnostic('RB203', '"role" is missing: which role?', { at: placeOf(cursor) }));
    return undefined;
  }
  const params = entries.filter(([key]) => !isKeyword(key) && key !== 'vars');
  const layers = variablesOf(cursor, params, context);
  const sees = { known: [...known, ...layers], instead: 'include_role' };
  const name = knownText(String(written.value), written, sees, context);
  if (name === undefined || !read.sound) return undefined;
  return { name, at: placeOf(written), head, layers, ...common };
}

/** `vars` rank beside the role's own; parameters, written beside `role`, above nearly all. */
function variablesOf(
  cursor: Cursor,
  params: readonly (readonly [string, Value])[],
  context: Context,
): VariableLayer[] {
  const layers: VariableLayer[] = [];
  const vars = childOf(cursor, 'vars');
  checkTemplates(vars, context);
  if (vars.value !== undefined && vars.value !== null)
    layers.push(readVariables(vars, { source: 'role-vars', label: 'vars of a role' }, context));
  if (params.length === 0) return layers;
  const own: Cursor = { ...cursor, value: Object.fromEntries(params) };
  checkTemplates(own, context);
  layers.push(readVariables(own, { source: 'role-params', label: 'parameters of a role' }, context));
  return layers;
}
