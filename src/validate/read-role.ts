import { join } from 'node:path';
import type { Step } from '../model/playbook.ts';
import type { ReusedFile, RoleIdentity, RoleVariablesPart } from '../model/reuse.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { Context } from './context.ts';
import { readTaskDocument } from './read-task-document.ts';
import { followLink } from './reuse-chain.ts';
import { argumentStep } from './role-arguments.ts';
import { readRoleEntry } from './role-entries.ts';
import { type RoleMeta, readRoleMeta } from './role-meta.ts';
import { onceKeyOf } from './role-once.ts';
import type { ReadRole, RoleUse } from './role-use.ts';
import { type Collections, ownCollection } from './searched-collections.ts';
import { originLayer, originOf } from './step-origin.ts';
import type { ReadSteps, StepSource, StepsScope } from './steps-scope.ts';

/** What reading the parts of one use of a role needs. */
interface Reading {
  readonly use: RoleUse;
  readonly role: RoleIdentity;
  readonly roles: readonly RoleIdentity[];
  /** Where its files look for short names: none of what is around the role. */
  readonly collections: Collections;
  readonly scope: StepsScope;
  readonly context: Context;
  readonly readSteps: ReadSteps;
}

/**
 * Reads a role: its variables, the roles that it depends on, its handlers and its steps. Undefined where there is no such
 * role, which is reported; parts with mistakes are reported and left out.
 */
export async function readRole(
  use: RoleUse,
  scope: StepsScope,
  context: Context,
  readSteps: ReadSteps,
): Promise<ReadRole | undefined> {
  const { source } = scope;
  const around = source.origin?.roles ?? [];
  const found = await context.options.reuse?.role(use.name, around, source);
  if (found === undefined) return undefined;
  if (found.role === undefined) {
    context.report({ ...found.problem, at: use.at });
    return undefined;
  }
  const { role } = found;
  const meta = await readRoleMeta(role, use.at, source.dialect, context);
  const collections = [...new Set([...ownCollection(role), ...meta.collections])];
  const reading: Reading = { use, role, roles: [role, ...around], collections, scope, context, readSteps };
  const own = await ownVariables(reading);
  const dependencies = await readDependencies(reading, meta, own);
  const onceKey =
    use.isOnce && (use.reach === 'import' || !meta.allowDuplicates) ? onceKeyOf(use, role) : undefined;
  const shared = [...dependencies.flatMap((one) => one.layers), ...own];
  const layers = [...shared, ...use.layers];
  const handlers = await readHandlers(reading, layers, dependencies);
  const step = await readTasks(reading, layers, { meta, dependencies, onceKey });
  share(reading, shared, onceKey);
  return { step, handlers, layers: shared };
}

/** Defaults and vars of the role itself. */
async function ownVariables(reading: Reading): Promise<VariableLayer[]> {
  const { use } = reading;
  const defaults = await readVariables(reading, 'defaults', use.from.defaults);
  const vars = await readVariables(reading, 'vars', use.from.vars);
  return [...defaults, ...vars];
}

async function readVariables(
  { role, use, scope, context }: Reading,
  part: RoleVariablesPart,
  entry: string,
): Promise<readonly VariableLayer[]> {
  const read = await context.options.reuse?.roleVariables(role, part, entry, scope.source.dialect);
  for (const diagnostic of read?.diagnostics ?? [])
    context.report({ ...diagnostic, at: diagnostic.at ?? use.at });
  return read?.layers ?? [];
}

async function readDependencies(
  reading: Reading,
  meta: RoleMeta,
  own: readonly VariableLayer[],
): Promise<readonly ReadRole[]> {
  const { use, role, scope, context, readSteps } = reading;
  if (meta.dependencies.length === 0) return [];
  const link = { key: `dependencies of ${role.path}`, label: role.name, at: use.at };
  const chain = followLink(link, scope, context);
  if (chain === undefined) return [];
  // Roles that a role depends on are read before its own list of collections.
  const early = { ...reading, collections: ownCollection(role) };
  const inner = insideRole(early, `${role.path}/meta/main.yml`, [...own, ...use.layers], chain);
  const read: ReadRole[] = [];
  for (const entry of meta.dependencies) {
    const dependency = readRoleEntry(entry, 'dependency', inner.source.known, context);
    if (dependency === undefined) continue;
    const one = await readRole(dependency, inner, context, readSteps);
    if (one !== undefined) read.push(one);
  }
  return read;
}

async function readHandlers(
  reading: Reading,
  layers: readonly VariableLayer[],
  dependencies: readonly ReadRole[],
): Promise<Step | undefined> {
  const { role, use, scope } = reading;
  const file = await readPart(reading, 'handlers', use.from.handlers);
  const path = file?.path ?? join(role.path, 'handlers', 'main.yml');
  const inner = insideRole(reading, path, layers, scope.source.chain);
  const own = file === undefined ? [] : await readList(reading, file, { ...inner, kind: 'handler' });
  // A handler of a role is also known by the role's name before its own.
  for (const name of namesOf(own)) scope.play.topics.add(`${role.name} : ${name}`);
  const handlers = [...dependencies.flatMap((one) => one.handlers ?? []), ...own];
  return handlers.length === 0 ? undefined : enclose(reading, path, layers, handlers);
}

function namesOf(handlers: readonly Step[]): string[] {
  return handlers.flatMap(({ action, name }) =>
    action.type === 'block' ? namesOf(action.body) : (name ?? []),
  );
}

interface Before {
  readonly meta: RoleMeta;
  readonly dependencies: readonly ReadRole[];
  readonly onceKey: string | undefined;
}

async function readTasks(
  reading: Reading,
  layers: readonly VariableLayer[],
  { meta, dependencies, onceKey }: Before,
): Promise<Step> {
  const { role, use, scope, context } = reading;
  const file = await readPart(reading, 'tasks', use.from.tasks);
  const path = file?.path ?? join(role.path, 'tasks', 'main.yml');
  const chain = file === undefined ? undefined : linkTo(reading, file);
  const inner = insideRole(reading, path, layers, chain ?? scope.source.chain);
  const steps = file === undefined || chain === undefined ? [] : await readList(reading, file, inner);
  const check = use.isChecked ? argumentStep(meta, use.from.tasks, context) : undefined;
  const body = [...dependencies.map((one) => one.step), ...(check === undefined ? [] : [check]), ...steps];
  return enclose(reading, path, layers, body, onceKey);
}

function linkTo({ use, scope, context }: Reading, file: ReusedFile): StepSource['chain'] | undefined {
  const label = file.document?.file.path ?? file.path;
  return followLink({ key: file.path, label, at: use.at }, scope, context);
}

async function readPart(
  { role, scope, context }: Reading,
  part: 'tasks' | 'handlers',
  entry: string,
): Promise<ReusedFile | undefined> {
  return context.options.reuse?.rolePart(role, part, entry, scope.source.dialect);
}

function readList(
  { use, context, readSteps }: Reading,
  file: ReusedFile,
  scope: StepsScope,
): Promise<readonly Step[]> {
  return readTaskDocument({ file, at: use.at }, scope, context, readSteps);
}

/** What surrounds steps in a file of the role. Ids are those of this use of the role. */
function insideRole(
  reading: Reading,
  path: string,
  layers: readonly VariableLayer[],
  chain: StepSource['chain'],
): StepsScope {
  const { use, scope, roles, collections } = reading;
  const { source, play } = scope;
  const origin = originOf(path, roles, source.playbookDir);
  return {
    ...scope,
    play: { ...play, ids: new Map() },
    defaults: [...scope.defaults, use.head.keywords.moduleDefaults ?? {}],
    source: {
      ...source,
      origin,
      chain,
      collections,
      known: [...source.known, ...layers, originLayer(origin, source.playbookDir)],
      wrap: (handlers) => source.wrap([enclose(reading, path, layers, handlers)]),
    },
  };
}

/** The block of steps in a file of the role. */
function enclose(
  { use, scope, roles, collections }: Reading,
  path: string,
  layers: readonly VariableLayer[],
  body: readonly Step[],
  onceKey?: string,
): Step {
  const origin = originOf(path, roles, scope.source.playbookDir);
  const all = [...layers, originLayer(origin, scope.source.playbookDir)];
  const reuse = { origin, layers: all, ...(onceKey !== undefined && { onceKey }) };
  const isSilent = collections.length + (scope.source.collections ?? []).length === 0;
  const keywords = isSilent ? use.head.keywords : { ...use.head.keywords, collections };
  return { ...use.head, keywords, action: { type: 'block', body, rescue: [], always: [], reuse } };
}

/** What the play gets of the role: its defaults and vars, and its name. */
function share({ use, role, scope }: Reading, layers: readonly VariableLayer[], onceKey?: string): void {
  const { roles } = scope.play;
  const isNew = onceKey === undefined || !roles.taken.has(onceKey);
  if (onceKey !== undefined) roles.taken.add(onceKey);
  // In plays of Ansible also the `vars` beside the role's name are the whole play's.
  const written = scope.source.dialect === 'ansible' && use.reach !== 'import' ? use.layers : [];
  const shown = [...written.filter(({ source }) => source === 'role-vars'), ...layers];
  if (use.isPublic && isNew) roles.layers.push(...shown.filter((one) => !roles.layers.includes(one)));
  const names = use.reach === 'roles' ? roles.names : use.reach === 'dependency' ? roles.dependencies : [];
  if (!names.includes(role.name)) names.push(role.name);
}
