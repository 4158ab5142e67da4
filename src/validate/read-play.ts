import { didYouMean } from '../lib/suggest.ts';
import { errorDiagnostic, warningDiagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { Keywords, Play, Step } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, keyPlace, placeOf } from './cursor.ts';
import type { KeywordInput, PlayInput } from './keyword-kinds.ts';
import { knownThrottle } from './known-setting.ts';
import { readModuleDefaults } from './module-defaults.ts';
import { entriesOfKeyword, takenLimits } from './normalise-coordination.ts';
import { conditionList, normaliseKeywords } from './normalise-keywords.ts';
import { playSettings, readStrategy } from './play-settings.ts';
import { keywordPlaces, type ReadKeywords } from './read-keywords.ts';
import { playSource, readRoles, roleLayers } from './read-roles.ts';
import { readSteps } from './read-steps.ts';
import { hasTemplate } from './scalars.ts';
import { emptyPlayScope, type PlayScope } from './steps-scope.ts';
import { readVariables } from './variables-layer.ts';
import { readVarsFiles } from './vars-files.ts';
import { readVarsPrompt } from './vars-prompt.ts';

type Read = ReadKeywords<PlayInput>;

/** What a play gets from the entry that imported its playbook. */
export interface Inherited {
  readonly layers: readonly VariableLayer[];
  readonly keywords: Pick<Keywords, 'when' | 'tags'>;
}

/** A play whose keywords were read, and what of the root it shares. */
export interface PlaySource {
  readonly cursor: Cursor;
  readonly read: Read;
  /** Whether the play stands at the root, where `vars` and `vars_files` belong to the whole playbook. */
  readonly atRoot: boolean;
  readonly inherited: Inherited;
  /** Variables of the playbook, for names that are rendered before the run. */
  readonly known?: readonly VariableLayer[] | undefined;
}

/** Reads a play with all its steps and handlers. A play with a mistake is reported and left out. */
export async function readPlay(source: PlaySource, context: Context): Promise<Play | undefined> {
  const { cursor, read, inherited } = source;
  const { dialect } = cursor.document;
  const shared = playAsKeywords(read);
  const hosts = readHosts(source, context);
  const files = source.atRoot ? undefined : await readVarsFiles(read.cursors.get('vars_files'), context);
  const layers = [...inherited.layers, ...ownVariables(source, context), ...(files?.layers ?? [])];
  const known = [...(source.known ?? []), ...layers, ...context.options.extraVars];
  const own = {
    ...normaliseKeywords(shared),
    ...knownThrottle(shared, known, context),
    ...takenLimits(shared, context),
    ...readModuleDefaults(read, context),
  };
  const strategy = readStrategy(read, known, dialect, context);
  const settings = playSettings(read, known, dialect, context);
  const { roleLayers, ...sections } = await readSections(source, own, layers, context);
  const { input } = read;
  if (hosts === undefined || strategy === undefined || !read.sound) return undefined;
  return {
    ...(input.id !== undefined && { id: input.id }),
    ...(input.name !== undefined && { name: String(input.name) }),
    at: placeOf(cursor),
    dialect,
    ...hosts,
    strategy,
    ...settings,
    ...(input.needs !== undefined && { needs: playNeeds(read) }),
    keywords: withInherited(own, inherited),
    layers: [...layers, ...roleLayers],
    ...(files !== undefined && files.dynamic.length > 0 && { dynamicVarsFiles: files.dynamic }),
    ...questions(read),
    ...sections,
    places: keywordPlaces(read),
  };
}

function questions(read: Read): Pick<Play, 'varsPrompt'> {
  const cursor = read.cursors.get('vars_prompt');
  const { vars_prompt: entries } = read.input;
  return entries === undefined || cursor === undefined ? {} : { varsPrompt: readVarsPrompt(entries, cursor) };
}

/** The keywords that a play shares with steps; `needs` of a play names plays and is read apart. */
function playAsKeywords(read: Read): ReadKeywords<KeywordInput> {
  const { needs: _, ...input } = read.input;
  return { ...read, input };
}

function readHosts(
  { cursor, read }: PlaySource,
  context: Context,
): Pick<Play, 'hosts' | 'hostsAt'> | undefined {
  const { hosts } = read.input;
  const at = read.cursors.get('hosts');
  if (hosts !== undefined && at !== undefined) {
    const list = typeof hosts === 'string' ? [hosts] : hosts.map(String);
    return { hosts: list.join(','), hostsAt: placeOf(at) };
  }
  // A mistaken `hosts` has been reported with its value.
  if (at === undefined && childOf(cursor, 'hosts').value !== undefined) return undefined;
  context.report(
    errorDiagnostic('RB203', '"hosts" is missing: a play needs the hosts it is for', {
      at: placeOf(cursor),
      hint: 'add `hosts: all`, a group or a host',
    }),
  );
  return undefined;
}

function playNeeds(read: Read): readonly { readonly play: string; readonly at: Place }[] {
  return entriesOfKeyword(read, 'needs', read.input.needs).map(({ item, at }) => ({ play: item, at }));
}

function ownVariables({ read, atRoot }: PlaySource, context: Context): readonly VariableLayer[] {
  const vars = read.cursors.get('vars');
  if (atRoot || vars === undefined) return [];
  const name = read.input.name ?? read.input.id;
  const label = name === undefined ? 'vars of a play' : `play "${name}"`;
  return [readVariables(vars, { source: 'play', label }, context)];
}

function withInherited(own: Keywords, inherited: Inherited): Keywords {
  const when = [...(inherited.keywords.when ?? []), ...(own.when ?? [])];
  const tags = [...(inherited.keywords.tags ?? []), ...(own.tags ?? [])];
  return { ...own, ...(when.length > 0 && { when }), ...(tags.length > 0 && { tags }) };
}

type Sections = Pick<Play, 'preTasks' | 'steps' | 'postTasks' | 'handlers'>;

async function readSections(
  { cursor, read, known = [] }: PlaySource,
  own: Keywords,
  layers: readonly VariableLayer[],
  context: Context,
): Promise<Sections & { readonly roleLayers: readonly VariableLayer[] }> {
  const scope = emptyPlayScope();
  const defaults = [own.moduleDefaults ?? {}];
  const all = [...known, ...layers, ...context.options.extraVars];
  const source = playSource(cursor.document, all, own.collections, context);
  const section = (key: string, kind: 'step' | 'handler'): Promise<readonly Step[]> =>
    readSteps(read.cursors.get(key), { kind, play: scope, defaults, source }, context);
  const isWritten = (key: string) => childOf(cursor, key).value !== undefined;
  if (isWritten('tasks') && isWritten('steps')) reportBothSteps(cursor, context);
  const ofRoles = { kind: 'step', play: scope, defaults, source } as const;
  const roles = await readRoles(read.cursors.get('roles'), ofRoles, context, readSteps);
  const preTasks = await section('pre_tasks', 'step');
  const steps = [...roles, ...(await section('tasks', 'step')), ...(await section('steps', 'step'))];
  const postTasks = await section('post_tasks', 'step');
  const written = await section('handlers', 'handler');
  const handlers = [...scope.roles.handlers, ...written, ...scope.roles.imported];
  reportNameless(handlers, context);
  reportUnknownHandlers(scope, cursor.document.dialect, context);
  return { preTasks, steps, postTasks, handlers, roleLayers: roleLayers(scope.roles) };
}

function reportBothSteps(cursor: Cursor, context: Context): void {
  context.report(
    errorDiagnostic('RB207', '"tasks" and "steps" are the same key, and both are given', {
      at: keyPlace(childOf(cursor, 'tasks')),
      related: [{ at: keyPlace(childOf(cursor, 'steps')), note: 'the other one' }],
      hint: 'put all steps under one of them',
    }),
  );
}

function reportNameless(handlers: readonly Step[], context: Context): void {
  for (const { name, keywords, at, action } of handlers) {
    if (action.type === 'block') {
      reportNameless(action.body, context);
      continue;
    }
    if (name !== undefined || keywords.listen !== undefined) continue;
    const hint = 'give it a `name` or a `listen` topic';
    context.report(
      warningDiagnostic('RB203', 'a handler without a name can never be notified', { at, hint }),
    );
  }
}

/** In a list of plays a step that notifies nobody fails when it has changed something, as includes bring handlers. */
function reportUnknownHandlers(scope: PlayScope, dialect: Play['dialect'], context: Context): void {
  if ([...scope.topics].some(hasTemplate)) return;
  for (const { name, at } of scope.notified) {
    if (scope.topics.has(name)) continue;
    const message = `no handler is named or listens to "${name}"${didYouMean(name, scope.topics)}`;
    const extras = { at, hint: 'handlers stand under `handlers:` of the same play' };
    const report = dialect === 'native' ? errorDiagnostic : warningDiagnostic;
    context.report(report('RB304', message, extras));
  }
}

/** `when` and `tags` of an entry that imports a playbook hold for all its plays. */
export function inheritedKeywords(read: Read, when: Value | undefined): Inherited['keywords'] {
  const { tags } = normaliseKeywords(playAsKeywords(read));
  const isCondition = typeof when === 'string' || typeof when === 'boolean';
  return {
    ...(isCondition && { when: conditionList(when) }),
    ...(tags !== undefined && { tags }),
  };
}
