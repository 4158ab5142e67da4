import { didYouMean } from '../lib/suggest.ts';
import { errorDiagnostic, warningDiagnostic } from '../model/diagnostic.ts';
import type { Keywords, Step } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, entriesOf, keyPlace, placeOf } from './cursor.ts';
import { isKeywordOf, keywordNames, type ReuseInput } from './keyword-kinds.ts';
import { knownFlag, knownThrottle } from './known-setting.ts';
import { isStaticInclude } from './legacy-include.ts';
import { readModuleDefaults } from './module-defaults.ts';
import { bareModuleName, findModule } from './module-names.ts';
import { normaliseCoordination } from './normalise-coordination.ts';
import { normaliseKeywords } from './normalise-keywords.ts';
import { keywordPlaces, type ReadKeywords, readKeywords } from './read-keywords.ts';
import { readVariables } from './variables-layer.ts';

type Entries = readonly (readonly [string, Value])[];

/** What a step that names others says beside their name. */
export type ReuseHead = Pick<Step, 'id' | 'name' | 'at' | 'vars' | 'places' | 'keywords'>;

/** An import: which one it is, what it names, and what holds for its steps. */
export interface ImportHead {
  /** `include` where its file is read before the run. */
  readonly key: 'import_tasks' | 'import_role' | 'include';
  /** The value under the key. */
  readonly body: Cursor;
  readonly read: ReadKeywords<ReuseInput>;
  readonly head: ReuseHead;
  readonly sound: boolean;
}

/** The key of a step that names steps read before the run; undefined for every other step. */
export function importKey(cursor: Cursor, entries: Entries): ImportHead['key'] | undefined {
  for (const [key] of entries) {
    const bare = bareModuleName(key);
    if (isImport(bare)) return bare;
  }
  return isStaticInclude(cursor, entries) ? 'include' : undefined;
}

function isImport(bare: string): bare is 'import_tasks' | 'import_role' {
  return bare === 'import_tasks' || bare === 'import_role';
}

/** Reads the keywords of an import. */
export function readImportHead(
  cursor: Cursor,
  entries: Entries,
  key: ImportHead['key'],
  context: Context,
): ImportHead {
  const written = entries.find(([one]) => bareModuleName(one) === key)?.[0] ?? key;
  const isSound = reportOthers(cursor, entries, written, context);
  const own = entries.filter(
    ([one]) => one === written || (isRead(one, context) && !isIdle(childOf(cursor, one), one, context)),
  );
  const read = readKeywords<ReuseInput>(
    cursor,
    own.map(([one, value]) => [one === written ? keywordOf(key) : one, optionsOf(key, one, value)] as const),
    'import',
    context,
  );
  const body = { ...childOf(cursor, written) };
  return { key, body, read, head: reuseHead(cursor, read, key, context), sound: isSound && read.sound };
}

/** Of the options of `import_tasks` the one that there is: the others are told by whoever reads them. */
function optionsOf(key: ImportHead['key'], written: string, value: Value): Value {
  if (bareModuleName(written) !== key || key !== 'import_tasks') return value;
  const file = entriesOf(value)?.find(([one]) => one === 'file');
  return file === undefined ? value : { file: file[1] };
}

/** The keyword whose schema the value is read by. */
function keywordOf(key: ImportHead['key']): 'import_tasks' | 'import_role' {
  return key === 'include' ? 'import_tasks' : key;
}

/** Keywords, variables and places of a step that names others, as those of the block it stands for. */
export function reuseHead(
  cursor: Cursor,
  read: ReadKeywords<ReuseInput>,
  what: string,
  context: Context,
): ReuseHead {
  const { id, name } = read.input;
  const vars = read.cursors.get('vars');
  const title = name ?? id;
  const label = title === undefined ? `vars of ${what}` : `${what} "${title}"`;
  const once = read.cursors.get('run_once');
  const runOnce = knownFlag(read.input.run_once, once, context.options.extraVars, context);
  const keywords: Keywords = {
    ...normaliseKeywords(read),
    ...knownThrottle(read, context.options.extraVars, context),
    ...(runOnce !== undefined && { runOnce }),
    ...normaliseCoordination(read, context),
    ...readModuleDefaults(read, context),
  };
  return {
    ...(id !== undefined && { id }),
    ...(name !== undefined && { name: String(name) }),
    at: placeOf(cursor),
    ...(vars !== undefined && { vars: readVariables(vars, { source: 'block', label }, context) }),
    places: keywordPlaces(read),
    keywords,
  };
}

function isRead(key: string, context: Context): boolean {
  return !isLoop(key) && (isKeywordOf('import', key) || isKeywordOf('step', key)) && !isModule(key, context);
}

/** Keywords that Ansible takes on an import, where they concern nothing. */
const idle: ReadonlySet<string> = new Set([
  'register',
  'changed_when',
  'failed_when',
  'until',
  'retries',
  'delay',
  'loop_control',
  'async',
  'poll',
]);

/** Whether a keyword of a list of plays concerns nothing on an import; a warning says so. */
function isIdle(cursor: Cursor, key: string, context: Context): boolean {
  if (!idle.has(key) || cursor.document.dialect === 'native') return false;
  context.report(
    warningDiagnostic('RB201', `"${key}" of an import has no effect: it is no step of its own`, {
      at: keyPlace(cursor),
      hint: 'write it at the steps that are imported',
    }),
  );
  return true;
}

function isLoop(key: string): boolean {
  return key === 'loop' || (key.startsWith('with_') && isKeywordOf('step', key));
}

function isModule(key: string, context: Context): boolean {
  return findModule(key, context.options.modules) !== undefined;
}

/** Reports keys that are no keywords of an import; whether there were none. */
function reportOthers(cursor: Cursor, entries: Entries, written: string, context: Context): boolean {
  let isSound = true;
  for (const [key] of entries) {
    if (key === written || isRead(key, context)) continue;
    isSound = false;
    const at = keyPlace(childOf(cursor, key));
    const related = [{ at: keyPlace(childOf(cursor, written)), note: 'the import' }];
    const bare = bareModuleName(written);
    if (isLoop(key)) {
      const hint = `use ${bare.replace('import', 'include')}, which is read in the run`;
      const message = `"${key}" and "${bare}" exclude each other: an import is read before the run, once`;
      context.report(errorDiagnostic('RB207', message, { at, related, hint }));
    } else if (isModule(key, context) || isImport(bareModuleName(key))) {
      const message = `a step has one module, and this one has "${written}" and "${key}"`;
      context.report(errorDiagnostic('RB205', message, { at, related, hint: 'make two steps of it' }));
    } else {
      const guess = didYouMean(key, keywordNames('import'));
      context.report(errorDiagnostic('RB201', `"${key}" is no keyword of an import${guess}`, { at }));
    }
  }
  return isSound;
}
