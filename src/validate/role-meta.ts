import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Dialect } from '../model/document.ts';
import type { Place } from '../model/place.ts';
import type { RoleIdentity } from '../model/reuse.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, entriesOf, placeOf, rootCursor } from './cursor.ts';
import { describeKind } from './plain-value.ts';
import { booleanWord } from './scalars.ts';
import { type Collections, writtenCollections } from './searched-collections.ts';

/** What the `meta` folder of a role says that is heeded. */
export interface RoleMeta {
  readonly dependencies: readonly Cursor[];
  /** Whether equal uses of the role run each. */
  readonly allowDuplicates: boolean;
  /** Where its steps look for short names of roles and modules. */
  readonly collections: Collections;
  /** Specifications of arguments by entry point; undefined where there are none. */
  readonly argumentSpecs: Cursor | undefined;
}

/** Reads `meta/main.yml` and `meta/argument_specs.yml` of a role. RB202 for what is not of the form that they have. */
export async function readRoleMeta(
  role: RoleIdentity,
  at: Place,
  dialect: Dialect,
  context: Context,
): Promise<RoleMeta> {
  const main = await readMapping(role, 'main', { at, dialect }, context);
  const specs = await readMapping(role, 'argument_specs', { at, dialect }, context);
  const dependencies = main === undefined ? undefined : childOf(main, 'dependencies');
  const duplicates = main === undefined ? undefined : childOf(main, 'allow_duplicates').value;
  return {
    dependencies: dependencies === undefined ? [] : listOf(dependencies, context),
    allowDuplicates: duplicates === true || (typeof duplicates === 'string' && isTrue(duplicates)),
    collections: (main === undefined ? undefined : writtenCollections(main)) ?? [],
    argumentSpecs: specsOf(specs) ?? specsOf(main),
  };
}

function specsOf(cursor: Cursor | undefined): Cursor | undefined {
  if (cursor === undefined) return undefined;
  const specs = childOf(cursor, 'argument_specs');
  return entriesOf(specs.value) === undefined ? undefined : specs;
}

async function readMapping(
  role: RoleIdentity,
  entry: string,
  { at, dialect }: { readonly at: Place; readonly dialect: Dialect },
  context: Context,
): Promise<Cursor | undefined> {
  const { reuse } = context.options;
  const file = await reuse?.rolePart(role, 'meta', entry, dialect);
  // A role need not have either file.
  if (file === undefined) return undefined;
  for (const diagnostic of file.diagnostics) context.report({ ...diagnostic, at: diagnostic.at ?? at });
  if (file.document?.value === undefined || file.document.value === null) return undefined;
  const root = rootCursor(file.document);
  if (entriesOf(root.value) !== undefined) return root;
  const message = `expected a mapping, found ${describeKind(root.value)}`;
  context.report(errorDiagnostic('RB202', message, { at: placeOf(root) }));
  return undefined;
}

function listOf(cursor: Cursor, context: Context): readonly Cursor[] {
  const { value } = cursor;
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return [...value.keys()].map((index) => childOf(cursor, index));
  const message = `"dependencies": expected a list of roles, found ${describeKind(value)}`;
  context.report(errorDiagnostic('RB202', message, { at: placeOf(cursor) }));
  return [];
}

function isTrue(word: string): boolean {
  return booleanWord.test(word) && /^(?:y|t|on)/i.test(word);
}
