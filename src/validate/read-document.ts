import { errorDiagnostic } from '../model/diagnostic.ts';
import type { LoadedPlaybook, RawDocument } from '../model/document.ts';
import type { Place } from '../model/place.ts';
import type { Play } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, entriesOf, keyPlace, placeOf, rootCursor } from './cursor.ts';
import { readDeclarations } from './declarations.ts';
import { isKeywordOf, type PlayInput, type RootInput } from './keyword-kinds.ts';
import { findModule } from './module-names.ts';
import { describeKind } from './plain-value.ts';
import { rootKeywords } from './play-keywords.ts';
import { type ReadKeywords, readKeywords } from './read-keywords.ts';
import { type Inherited, inheritedKeywords, readPlay } from './read-play.ts';
import { hasTemplate } from './scalars.ts';
import { standingIn } from './standing-in.ts';
import { checkConditions } from './template-check.ts';
import { noteUnique } from './unique-names.ts';
import { readVariables } from './variables-layer.ts';
import { readVarsFiles } from './vars-files.ts';

/** What reading several documents of one playbook adds up to. */
export interface PlaybookParts {
  readonly plays: Play[];
  /** `params` of each document that has some. */
  readonly params: Cursor[];
  readonly playIds: Map<string, Place>;
}

/** What one document says of the playbook as a whole. */
export interface DocumentHead {
  readonly name?: string | undefined;
  /** `vars` and `vars_files` of the root. */
  readonly layers: readonly VariableLayer[];
}

type Entries = readonly (readonly [string, Value])[];
type Root = ReadKeywords<RootInput & PlayInput>;

/** Reads a document and what it imports; plays are added to `parts` in the order in which they are played. */
export async function readDocument(
  document: RawDocument,
  loaded: LoadedPlaybook,
  parts: PlaybookParts,
  inherited: Inherited,
  context: Context,
): Promise<DocumentHead> {
  const cursor = rootCursor(document);
  const reader: Reader = { document, loaded, parts, context };
  if (Array.isArray(cursor.value)) {
    await readPlays(cursor, reader, inherited);
    return { layers: [] };
  }
  const entries = entriesOf(cursor.value);
  if (entries !== undefined) return readRoot(cursor, entries, reader, inherited);
  const found = cursor.value === undefined || cursor.value === null ? 'nothing' : describeKind(cursor.value);
  const message = `expected a playbook: a mapping, or a list of plays, found ${found}`;
  context.report(errorDiagnostic('RB202', message, { at: placeOf(cursor) }));
  return { layers: [] };
}

interface Reader {
  readonly document: RawDocument;
  readonly loaded: LoadedPlaybook;
  readonly parts: PlaybookParts;
  readonly context: Context;
}

async function readRoot(
  cursor: Cursor,
  entries: Entries,
  reader: Reader,
  inherited: Inherited,
): Promise<DocumentHead> {
  const { parts, context } = reader;
  const hasPlays = entries.some(([key]) => key === 'plays');
  const own = hasPlays
    ? entries.filter(([key]) => Object.hasOwn(rootKeywords, key) || !isKeywordOf('play', key))
    : entries;
  if (hasPlays) reportBesidePlays(cursor, entries, context);
  const read: Root = readKeywords(cursor, own, 'root', context);
  readDeclarations(read, context);
  const params = read.cursors.get('params');
  if (params !== undefined) parts.params.push(params);
  const vars = read.cursors.get('vars');
  const files = await readVarsFiles(read.cursors.get('vars_files'), context);
  const layers: VariableLayer[] = [...files.layers];
  if (vars !== undefined)
    layers.unshift(readVariables(vars, { source: 'playbook', label: 'vars of the playbook' }, context));
  const isMain = reader.loaded.main === reader.document;
  const below = isMain ? inherited : { ...inherited, layers: [...inherited.layers, ...layers] };
  const known = [...layers, ...paramDefaults(params)];
  const plays = read.cursors.get('plays');
  if (plays !== undefined) await readPlays(plays, reader, below, { dynamic: files.dynamic, known });
  else if (!hasPlays)
    await addPlay(cursor, read, reader, { inherited: below, atRoot: true, dynamic: files.dynamic, known });
  return { name: read.input.name === undefined ? undefined : String(read.input.name), layers };
}

/** What `params` are where `-e` says nothing. */
function paramDefaults(params: Cursor | undefined): VariableLayer[] {
  if (params === undefined) return [];
  const defaults = (entriesOf(params.value) ?? []).flatMap(([name, schema]) => {
    const value = entriesOf(schema)?.find(([key]) => key === 'default')?.[1];
    return value === undefined ? [] : [[name, value] as const];
  });
  return [{ source: 'playbook', label: 'params', values: Object.fromEntries(defaults) }];
}

/** Keys of a play beside `plays`: nobody can say which play they are for. */
function reportBesidePlays(cursor: Cursor, entries: Entries, context: Context): void {
  for (const [key] of entries) {
    if (Object.hasOwn(rootKeywords, key) || !isKeywordOf('play', key)) continue;
    context.report(
      errorDiagnostic('RB207', `"${key}" belongs to a play and stands beside "plays"`, {
        at: keyPlace(childOf(cursor, key)),
        hint: `move "${key}" into a play of the list`,
      }),
    );
  }
}

async function readPlays(
  list: Cursor,
  reader: Reader,
  inherited: Inherited,
  shared: Omit<Surroundings, 'inherited'> = { dynamic: [], known: [] },
): Promise<void> {
  const count = Array.isArray(list.value) ? list.value.length : 0;
  if (count === 0)
    reader.context.report(
      errorDiagnostic('RB202', 'expected at least one play, found an empty list', { at: placeOf(list) }),
    );
  for (let index = 0; index < count; index++)
    await readEntry(childOf(list, index), index, reader, { inherited, ...shared });
}

interface Surroundings {
  readonly inherited: Inherited;
  readonly dynamic: readonly Value[];
  /** Variables of the playbook. */
  readonly known: readonly VariableLayer[];
}

async function readEntry(cursor: Cursor, index: number, reader: Reader, around: Surroundings): Promise<void> {
  const { context } = reader;
  const entries = entriesOf(cursor.value);
  if (entries === undefined) {
    const message = `expected a play, which is a mapping, found ${describeKind(cursor.value)}`;
    context.report(errorDiagnostic('RB202', message, { at: placeOf(cursor) }));
    return;
  }
  if (entries.some(([key]) => bareImport(key)))
    await readImport(cursor, entries, index, reader, around.inherited);
  else if (isStep(entries, context)) reportStepAsPlay(cursor, context);
  else {
    const read: ReadKeywords<PlayInput> = readKeywords(cursor, entries, 'play', context);
    await addPlay(cursor, read, reader, { ...around, atRoot: false });
  }
}

async function addPlay(
  cursor: Cursor,
  read: ReadKeywords<PlayInput>,
  reader: Reader,
  around: Surroundings & { readonly atRoot: boolean },
): Promise<void> {
  const { parts, context } = reader;
  const id = read.cursors.get('id');
  if (id !== undefined && read.input.id !== undefined)
    noteUnique(
      { name: read.input.id, at: placeOf(id) },
      { noun: 'id of another play', taken: parts.playIds },
      context,
    );
  const found = await readPlay({ cursor, read, ...around }, context);
  if (found === undefined) return;
  const play = standingIn(found, cursor.document, context);
  const dynamic = [...around.dynamic, ...(play.dynamicVarsFiles ?? [])];
  parts.plays.push(dynamic.length === 0 ? play : { ...play, dynamicVarsFiles: dynamic });
}

function reportOpenName(cursor: Cursor, context: Context): void {
  context.report(
    errorDiagnostic('RB215', `the name "${String(cursor.value)}" is not known when playbooks are imported`, {
      at: placeOf(cursor),
      hint: 'write the name of the file without a template, or give its variables with -e or in the `vars` of the import',
    }),
  );
}

function bareImport(key: string): boolean {
  return /^(?:ansible\.(?:builtin|legacy)\.)?import_playbook$/.test(key);
}

/** A list of steps in place of plays: somebody gave a file of tasks. */
function isStep(entries: Entries, context: Context): boolean {
  const isPlay = entries.some(
    ([key]) => key === 'hosts' || key === 'tasks' || key === 'steps' || key === 'roles',
  );
  return (
    !isPlay &&
    entries.some(([key]) => key === 'block' || findModule(key, context.options.modules) !== undefined)
  );
}

function reportStepAsPlay(cursor: Cursor, context: Context): void {
  context.report(
    errorDiagnostic('RB202', 'expected a play, found a step', {
      at: placeOf(cursor),
      hint: 'put the steps under `steps:` of a play that has `hosts:`',
    }),
  );
}

async function readImport(
  cursor: Cursor,
  entries: Entries,
  index: number,
  reader: Reader,
  inherited: Inherited,
): Promise<void> {
  const { document, loaded, parts, context } = reader;
  const own = entries.filter(([key]) => key !== 'when' && !bareImport(key));
  const read: ReadKeywords<PlayInput> = readKeywords(cursor, own, 'play', context);
  const when = childOf(cursor, 'when');
  checkConditions(when, context);
  const vars = read.cursors.get('vars');
  const layers =
    vars === undefined
      ? []
      : [readVariables(vars, { source: 'play', label: 'vars of import_playbook' }, context)];
  const keywords = inheritedKeywords(read, when.value);
  const imported = loaded.imports.find((one) => one.importer === document && one.entry === index);
  if (imported === undefined) {
    // What could not be read has been reported by the loader, which follows plain names only.
    const name = entries.find(([key]) => bareImport(key));
    if (typeof name?.[1] === 'string' && hasTemplate(name[1]))
      reportOpenName(childOf(cursor, name[0]), context);
    return;
  }
  const below: Inherited = {
    layers: [...inherited.layers, ...layers],
    keywords: {
      when: [...(inherited.keywords.when ?? []), ...(keywords.when ?? [])],
      tags: [...(inherited.keywords.tags ?? []), ...(keywords.tags ?? [])],
    },
  };
  await readDocument(imported.document, loaded, parts, below, context);
}
