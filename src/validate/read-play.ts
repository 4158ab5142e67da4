import { didYouMean } from '../lib/suggest.ts';
import { errorDiagnostic, warningDiagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { Keywords, Play, Step } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, keyPlace, placeOf } from './cursor.ts';
import type { KeywordInput, PlayInput } from './keyword-kinds.ts';
import { readModuleDefaults } from './module-defaults.ts';
import { entriesOfKeyword, playLimits } from './normalise-coordination.ts';
import { conditionList, nameList, normaliseKeywords } from './normalise-keywords.ts';
import { keywordPlaces, type ReadKeywords } from './read-keywords.ts';
import { type PlayScope, readSteps } from './read-steps.ts';
import { hasTemplate } from './scalars.ts';
import { readVariables } from './variables-layer.ts';
import { readVarsFiles } from './vars-files.ts';

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
}

/** Reads a play with all its steps and handlers. A play with a mistake is reported and left out. */
export async function readPlay(source: PlaySource, context: Context): Promise<Play | undefined> {
  const { cursor, read, inherited } = source;
  const { dialect } = cursor.document;
  const shared = playAsKeywords(read);
  const own = {
    ...normaliseKeywords(shared),
    ...playLimits(shared, context),
    ...readModuleDefaults(read, context),
  };
  const hosts = readHosts(source, context);
  const strategy = readStrategy(read, dialect, context);
  const sections = readSections(source, own, context);
  const files = source.atRoot ? undefined : await readVarsFiles(read.cursors.get('vars_files'), context);
  const { input } = read;
  if (hosts === undefined || strategy === undefined || !read.sound) return undefined;
  return {
    ...(input.id !== undefined && { id: input.id }),
    ...(input.name !== undefined && { name: String(input.name) }),
    at: placeOf(cursor),
    dialect,
    ...hosts,
    strategy,
    ...playSettings(read, dialect),
    ...(input.needs !== undefined && { needs: playNeeds(read) }),
    keywords: withInherited(own, inherited),
    layers: [...inherited.layers, ...ownVariables(source, context), ...(files?.layers ?? [])],
    ...(files !== undefined && files.dynamic.length > 0 && { dynamicVarsFiles: files.dynamic }),
    ...sections,
    places: keywordPlaces(read),
  };
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

const strategies = ['free', 'linear', 'host_pinned'];

function readStrategy(read: Read, dialect: Play['dialect'], context: Context): Play['strategy'] | undefined {
  const written = read.input.strategy;
  const at = read.cursors.get('strategy');
  if (written === undefined || at === undefined) return dialect === 'ansible' ? 'linear' : 'free';
  const name = written.replace(/^ansible\.(?:builtin|legacy)\./, '');
  if (name === 'linear') return 'linear';
  if (strategies.includes(name)) return 'free';
  const message = `"strategy": expected free or linear, found "${written}"${didYouMean(name, strategies)}`;
  context.report(errorDiagnostic('RB202', message, { at: placeOf(at) }));
  return undefined;
}

type Settings = Pick<
  Play,
  'order' | 'serial' | 'maxFailPercentage' | 'gatherFacts' | 'gatherSubset' | 'forceHandlers'
>;

function playSettings({ input }: Read, dialect: Play['dialect']): Settings {
  const { serial, max_fail_percentage: limit, gather_subset: subset } = input;
  return {
    order: input.order ?? 'inventory',
    serial: serial === undefined ? [] : Array.isArray(serial) ? serial : [serial],
    ...(limit !== undefined && { maxFailPercentage: Number(String(limit).replace('%', '')) }),
    gatherFacts: input.gather_facts ?? (dialect === 'ansible' ? true : 'when-read'),
    ...(subset !== undefined && { gatherSubset: nameList(subset) }),
    forceHandlers: input.force_handlers ?? false,
  };
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

function readSections({ cursor, read }: PlaySource, own: Keywords, context: Context): Sections {
  const scope: PlayScope = { ids: new Map(), notified: [], topics: new Set() };
  const defaults = [own.moduleDefaults ?? {}];
  const section = (key: string, kind: 'step' | 'handler'): readonly Step[] =>
    readSteps(read.cursors.get(key), { kind, play: scope, defaults }, context);
  const isWritten = (key: string) => childOf(cursor, key).value !== undefined;
  if (isWritten('tasks') && isWritten('steps')) reportBothSteps(cursor, context);
  const sections = {
    preTasks: section('pre_tasks', 'step'),
    steps: [...section('tasks', 'step'), ...section('steps', 'step')],
    postTasks: section('post_tasks', 'step'),
    handlers: section('handlers', 'handler'),
  };
  reportNameless(sections.handlers, context);
  reportUnknownHandlers(scope, context);
  return sections;
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
  for (const { name, keywords, at } of handlers) {
    if (name !== undefined || keywords.listen !== undefined) continue;
    const hint = 'give it a `name` or a `listen` topic';
    context.report(
      warningDiagnostic('RB203', 'a handler without a name can never be notified', { at, hint }),
    );
  }
}

function reportUnknownHandlers(scope: PlayScope, context: Context): void {
  if ([...scope.topics].some(hasTemplate)) return;
  for (const { name, at } of scope.notified) {
    if (scope.topics.has(name)) continue;
    const message = `no handler is named or listens to "${name}"${didYouMean(name, scope.topics)}`;
    context.report(
      errorDiagnostic('RB304', message, { at, hint: 'handlers stand under `handlers:` of the same play' }),
    );
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
