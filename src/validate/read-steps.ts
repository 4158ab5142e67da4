import { errorDiagnostic } from '../model/diagnostic.ts';
import { roleTitle } from '../model/include.ts';
import type { Place } from '../model/place.ts';
import type { Keywords, Step, StepAction } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import { chooseModule } from './choose-module.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, entriesOf, keyPlace, placeOf } from './cursor.ts';
import { importKey } from './import-head.ts';
import { isKeywordOf, isOfOneBlock, type KeywordInput } from './keyword-kinds.ts';
import { knownFlag, knownThrottle } from './known-setting.ts';
import { readModuleDefaults } from './module-defaults.ts';
import { bareModuleName } from './module-names.ts';
import { normaliseCoordination } from './normalise-coordination.ts';
import { normaliseKeywords } from './normalise-keywords.ts';
import { readCallbacks, reportOddLoop } from './parallel-loops.ts';
import { describeKind } from './plain-value.ts';
import { readAction, readOldForm } from './read-action.ts';
import { readImport } from './read-import.ts';
import { keywordPlaces, type ReadKeywords, readKeywords } from './read-keywords.ts';
import { hasTemplate } from './scalars.ts';
import { collectionsOf } from './searched-collections.ts';
import { noteSharedNames } from './shared-names.ts';
import type { Defaults, StepsScope } from './steps-scope.ts';
import { noteUnique } from './unique-names.ts';
import { readVariables } from './variables-layer.ts';

/**
 * Reads a list of steps, and those of the task files and roles that it imports. Steps with a mistake are reported and left
 * out.
 */
export async function readSteps(
  list: Cursor | undefined,
  scope: StepsScope,
  context: Context,
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  if (!Array.isArray(list?.value)) return steps;
  for (const index of list.value.keys()) {
    const step = await readStep(childOf(list, index), scope, context);
    if (step !== undefined) steps.push(step);
  }
  return steps;
}

async function readStep(cursor: Cursor, scope: StepsScope, context: Context): Promise<Step | undefined> {
  const entries = entriesOf(cursor.value);
  if (entries === undefined) {
    const message = `expected a ${scope.kind}, which is a mapping, found ${describeKind(cursor.value)}`;
    context.report(errorDiagnostic('RB202', message, { at: placeOf(cursor), hint: stepHint(cursor.value) }));
    return undefined;
  }
  const isBlock = entries.some(([key]) => key === 'block' || key === 'rescue' || key === 'always');
  if (!isBlock && importKey(cursor, entries) !== undefined)
    return readImport(cursor, entries, scope, context, readSteps);
  return isBlock ? readBlock(cursor, entries, scope, context) : readTask(cursor, entries, scope, context);
}

function stepHint(value: Value | undefined): string | undefined {
  return typeof value === 'string' ? 'write `module: parameters`, such as `command: uptime`' : undefined;
}

async function readTask(
  cursor: Cursor,
  entries: readonly (readonly [string, Value])[],
  scope: StepsScope,
  context: Context,
): Promise<Step | undefined> {
  const { kind } = scope;
  const collections = collectionsOf(cursor, scope.source);
  const choice = chooseModule(cursor, entries, { kind, collections }, context);
  const read = readKeywords<KeywordInput>(cursor, choice.keywords, kind, context);
  const loops = reportRivals(cursor, loopKeys(entries), context);
  noteNames(read, scope, context);
  const head = stepHead(cursor, read, 'step', context);
  const keywords = readAllKeywords(read, withOwn(scope.source.known, head), context);
  const defaults = [...scope.defaults, keywords.moduleDefaults ?? {}];
  const action = readTaskAction(cursor, choice.module, { read, defaults, collections }, context);
  const callbacks = await readCallbacks(read, (list) =>
    readSteps(list, { ...scope, kind: 'step', defaults }, context),
  );
  const isOdd = reportOddLoop(read, callbacks, context);
  if (isOdd || action === undefined || choice.faulty || !read.sound || loops) return undefined;
  const isLocal = read.cursors.has('local_action');
  const own = isLocal ? { ...keywords, delegateTo: 'localhost' } : keywords;
  const isUntitled = cursor.document.dialect === 'ansible' && head.name === undefined;
  const name = isUntitled ? roleTitle(action) : undefined;
  return { ...head, ...(name !== undefined && { name }), action, keywords: { ...own, ...callbacks } };
}

function readAllKeywords(
  read: ReadKeywords<KeywordInput>,
  known: readonly VariableLayer[],
  context: Context,
): Keywords {
  const { run_once: once } = read.input;
  const runOnce = knownFlag(once, read.cursors.get('run_once'), known, context);
  return {
    ...normaliseKeywords(read),
    ...normaliseCoordination(read, context),
    ...knownThrottle(read, known, context),
    ...readModuleDefaults(read, context),
    ...(runOnce !== undefined && { runOnce }),
  };
}

function withOwn(known: readonly VariableLayer[], { vars }: Pick<Step, 'vars'>): readonly VariableLayer[] {
  return vars === undefined ? known : [...known, vars];
}

function readTaskAction(
  cursor: Cursor,
  module: ReturnType<typeof chooseModule>['module'],
  step: {
    readonly read: ReadKeywords<KeywordInput>;
    readonly defaults: readonly Defaults[];
    readonly collections: readonly string[];
  },
  context: Context,
): StepAction | undefined {
  const { cursors } = step.read;
  const args = cursors.get('args');
  const defaultsOf = (name: string) => new Set(step.defaults.flatMap((one) => Object.keys(one[name] ?? {})));
  if (module !== undefined) {
    const body = childOf(cursor, module.key);
    const name = module.spec?.name ?? bareModuleName(module.key);
    const defaults = defaultsOf(name);
    const action = readAction(
      { written: module.key, spec: module.spec, head: body, body, args, defaults },
      context,
    );
    noteSharedNames(action, body, context);
    return action;
  }
  const old = cursors.get('action') ?? cursors.get('local_action');
  if (old === undefined) return { type: 'none' };
  const form = readOldForm(old, step.collections, context);
  if (form === undefined) return undefined;
  const defaults = defaultsOf(form.spec?.name ?? bareModuleName(form.written));
  return readAction({ ...form, head: old, args, defaults }, context);
}

function loopKeys(entries: readonly (readonly [string, Value])[]): readonly string[] {
  const keys = entries.map(([key]) => key);
  return keys.filter((key) => key === 'loop' || (key.startsWith('with_') && isKeywordOf('step', key)));
}

/** Reports keys of which one step can have one only; whether there were several. */
function reportRivals(cursor: Cursor, keys: readonly string[], context: Context): boolean {
  const [first, second] = keys;
  if (first === undefined || second === undefined) return false;
  context.report(
    errorDiagnostic('RB207', `"${first}" and "${second}" exclude each other`, {
      at: keyPlace(childOf(cursor, second)),
      related: [{ at: keyPlace(childOf(cursor, first)), note: `"${first}" stands here` }],
    }),
  );
  return true;
}

async function readBlock(
  cursor: Cursor,
  entries: readonly (readonly [string, Value])[],
  scope: StepsScope,
  context: Context,
): Promise<Step | undefined> {
  const collections = collectionsOf(cursor, scope.source);
  const choice = chooseModule(cursor, entries, { kind: 'block', collections }, context);
  const read = readKeywords<KeywordInput>(cursor, choice.keywords, 'block', context);
  const misplaced = scope.kind === 'handler' && reportOfTheWhole(cursor, entries, context);
  const rivals = reportRivals(cursor, loopKeys(entries), context);
  if (!entries.some(([key]) => key === 'block')) reportNoBlock(cursor, entries, context);
  noteNames(read, scope, context);
  const head = stepHead(cursor, read, 'block', context);
  const known = withOwn(scope.source.known, head);
  const keywords = readAllKeywords(read, known, context);
  const enclose = (body: readonly Step[]): Step => ({
    ...head,
    action: { type: 'block', body, rescue: [], always: [] },
    keywords,
  });
  const { source } = scope;
  const inner: StepsScope = {
    ...scope,
    defaults: [...scope.defaults, keywords.moduleDefaults ?? {}],
    source: {
      ...source,
      known,
      collections,
      wrap: (handlers) => source.wrap([enclose(handlers)]),
    },
  };
  const body = await readSteps(read.cursors.get('block'), inner, context);
  const rescue = await readSteps(read.cursors.get('rescue'), inner, context);
  const always = await readSteps(read.cursors.get('always'), inner, context);
  if (choice.faulty || !read.sound || misplaced || rivals) return undefined;
  return { ...head, action: { type: 'block', body, rescue, always }, keywords };
}

/** A block among handlers gives its keywords to those within: each runs by itself, when it is notified. */
function reportOfTheWhole(
  cursor: Cursor,
  entries: readonly (readonly [string, Value])[],
  context: Context,
): boolean {
  const keys = entries.map(([key]) => key).filter(isOfOneBlock);
  for (const key of keys) {
    const message = `a block of handlers takes no "${key}": each handler runs by itself`;
    const hint = `let one handler include a file of tasks with the block and its ${key}`;
    context.report(errorDiagnostic('RB207', message, { at: keyPlace(childOf(cursor, key)), hint }));
  }
  return keys.length > 0;
}

function reportNoBlock(
  cursor: Cursor,
  entries: readonly (readonly [string, Value])[],
  context: Context,
): void {
  const key = entries.find(([one]) => one === 'rescue' || one === 'always')?.[0] ?? 'rescue';
  const at = keyPlace(childOf(cursor, key));
  context.report(errorDiagnostic('RB203', `"${key}" needs a "block" beside it`, { at }));
}

function stepHead(
  cursor: Cursor,
  read: ReadKeywords<KeywordInput>,
  source: 'step' | 'block',
  context: Context,
): Pick<Step, 'id' | 'name' | 'at' | 'vars' | 'places'> {
  const { id, name } = read.input;
  const vars = read.cursors.get('vars');
  const title = name ?? id;
  const label = title === undefined ? `vars of a ${source}` : `${source} "${title}"`;
  return {
    ...(id !== undefined && { id }),
    ...(name !== undefined && { name: String(name) }),
    at: placeOf(cursor),
    ...(vars !== undefined && { vars: readVariables(vars, { source, label }, context) }),
    places: keywordPlaces(read),
  };
}

/** Remembers what a step is called and what it notifies, also when something else is wrong with it. */
function noteNames(read: ReadKeywords<KeywordInput>, scope: StepsScope, context: Context): void {
  const { input, cursors } = read;
  const id = cursors.get('id');
  if (input.id !== undefined && id !== undefined)
    noteUnique(
      { name: input.id, at: placeOf(id) },
      { noun: 'id of another step', taken: scope.play.ids },
      context,
    );
  noteEach(cursors.get('notify'), (name, at) => scope.play.notified.push({ name, at }));
  if (scope.kind !== 'handler') return;
  if (input.name !== undefined) scope.play.topics.add(String(input.name));
  noteEach(cursors.get('listen'), (name) => scope.play.topics.add(name));
}

function noteEach(cursor: Cursor | undefined, take: (name: string, at: Place) => void): void {
  if (cursor === undefined) return;
  const { value } = cursor;
  const items = Array.isArray(value) ? [...value.keys()].map((index) => childOf(cursor, index)) : [cursor];
  for (const item of items) {
    const isName = typeof item.value === 'string' || typeof item.value === 'number';
    if (isName && !hasTemplate(String(item.value))) take(String(item.value), placeOf(item));
  }
}
