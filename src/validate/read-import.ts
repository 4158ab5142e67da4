import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Step } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, entriesOf, keyPlace, placeOf } from './cursor.ts';
import { readFreeForm } from './free-form.ts';
import { type ImportHead, importKey, type ReuseHead, readImportHead } from './import-head.ts';
import { knownFlag } from './known-setting.ts';
import { knownText } from './known-text.ts';
import { asIncludeParams, includeWords } from './legacy-include.ts';
import { readRole } from './read-role.ts';
import { reuseTasks } from './reuse-tasks.ts';
import { type FromFiles, type RoleUse, usualFiles } from './role-use.ts';
import type { ReadSteps, StepsScope } from './steps-scope.ts';

/** Reads a step that names a task file or role to be read before the run, with all steps that it stands for. */
export async function readImport(
  cursor: Cursor,
  entries: readonly (readonly [string, Value])[],
  scope: StepsScope,
  context: Context,
  readSteps: ReadSteps,
): Promise<Step | undefined> {
  const key = importKey(cursor, entries);
  if (key === undefined) return undefined;
  const found = readImportHead(cursor, entries, key, context);
  if (context.options.reuse === undefined) {
    context.report(errorDiagnostic('RB101', `"${key}" cannot read files here`, { at: placeOf(found.body) }));
    return undefined;
  }
  const step =
    key !== 'import_role'
      ? await importTasks(found, scope, context, readSteps)
      : await importRole(found, scope, context, readSteps);
  return found.sound ? step : undefined;
}

async function importTasks(
  found: ImportHead,
  scope: StepsScope,
  context: Context,
  readSteps: ReadSteps,
): Promise<Step | undefined> {
  const { body, read } = found;
  if (reportOptions(body, context)) return undefined;
  const written = fileOf(read.input.import_tasks);
  if (written === undefined) return undefined;
  const at = entriesOf(body.value) === undefined ? body : childOf(body, 'file');
  const { head, layers } = found.key === 'include' ? includeHead(found) : { head: found.head, layers: [] };
  const known = [...scope.source.known, ...layers, ...(head.vars === undefined ? [] : [head.vars])];
  const name = knownText(written, at, { known, instead: 'include_tasks' }, context);
  if (name === undefined) return undefined;
  const collections = head.keywords.collections ?? scope.source.collections;
  const inner = { ...scope, source: { ...scope.source, known, collections } };
  return reuseTasks({ name, at: placeOf(at), head, layers }, inner, context, readSteps);
}

/** Tells which keys of a mapping are no options of `import_tasks`; whether there are any. */
function reportOptions(body: Cursor, context: Context): boolean {
  const others = (entriesOf(body.value) ?? []).map(([key]) => key).filter((key) => key !== 'file');
  if (others.length === 0) return false;
  const hint = 'keywords of the steps stand beside `import_tasks`';
  const message = `Invalid options for import_tasks: ${others.join(', ')}`;
  context.report(errorDiagnostic('RB201', message, { at: keyPlace(childOf(body, others[0] ?? '')), hint }));
  return true;
}

/** The variables of an `include` that is read before the run. */
function includeHead({ head, body }: ImportHead): {
  readonly head: ReuseHead;
  readonly layers: readonly VariableLayer[];
} {
  const words = typeof body.value === 'string' ? includeWords(body.value) : undefined;
  const vars = asIncludeParams(head.vars);
  return {
    head: { ...head, ...(vars !== undefined && { vars }) },
    layers: words === undefined ? [] : [words],
  };
}

/** `tasks.yml`, `file=tasks.yml` or `{file: tasks.yml}`. */
function fileOf(value: string | { readonly file: string } | undefined): string | undefined {
  if (typeof value !== 'string') return value?.file;
  const form = readFreeForm(value, 'import_tasks');
  if ('open' in form) return value;
  const { file } = form.params;
  return typeof file === 'string' && form.rest === '' ? file : form.rest;
}

async function importRole(
  { body, head, read }: ImportHead,
  scope: StepsScope,
  context: Context,
  readSteps: ReadSteps,
): Promise<Step | undefined> {
  const options = roleOptions(read.input.import_role);
  const written = options.name ?? options.role;
  if (written === undefined) {
    if (read.input.import_role !== undefined)
      context.report(errorDiagnostic('RB203', '"name" is missing: which role?', { at: placeOf(body) }));
    return undefined;
  }
  const at = nameCursor(body);
  const known = [...scope.source.known, ...(head.vars === undefined ? [] : [head.vars])];
  const name = knownText(String(written), at, { known, instead: 'include_role' }, context);
  if (name === undefined) return undefined;
  const flagOf = (key: string, value: boolean | string | undefined) =>
    knownFlag(value, childOf(body, key), known, context);
  const textOf = (key: string, value: string) =>
    knownText(value, childOf(body, key), { known, instead: 'include_role' }, context);
  const from = fromFiles(options, textOf);
  if (from === undefined) return undefined;
  const use: RoleUse = {
    name,
    at: placeOf(at),
    head,
    layers: [],
    from,
    isOnce: flagOf('allow_duplicates', options.allow_duplicates) === false,
    isPublic: flagOf('public', options.public) ?? true,
    isChecked: flagOf('rolespec_validate', options.rolespec_validate) ?? true,
    reach: 'import',
  };
  const collections = head.keywords.collections ?? scope.source.collections;
  const inner = { ...scope, source: { ...scope.source, known, collections } };
  const role = await readRole(use, inner, context, readSteps);
  if (role === undefined) return undefined;
  if (role.handlers !== undefined) scope.play.roles.imported.push(...scope.source.wrap([role.handlers]));
  return role.step;
}

type RoleOptions = Exclude<NonNullable<ImportHead['read']['input']['import_role']>, string>;

/** A mapping, or `name=x tasks_from=y` in one text. */
function roleOptions(value: string | RoleOptions | undefined): RoleOptions {
  if (typeof value !== 'string') return value ?? {};
  const form = readFreeForm(value, 'import_role');
  if ('open' in form) return { name: value };
  return form.rest === '' ? form.params : { ...form.params, name: form.rest };
}

function nameCursor(body: Cursor): Cursor {
  if (entriesOf(body.value) === undefined) return body;
  const name = childOf(body, 'name');
  return name.value === undefined ? childOf(body, 'role') : name;
}

function fromFiles(
  options: RoleOptions,
  textOf: (key: string, value: string) => string | undefined,
): FromFiles | undefined {
  const tasks = textOf('tasks_from', options.tasks_from ?? usualFiles.tasks);
  const handlers = textOf('handlers_from', options.handlers_from ?? usualFiles.handlers);
  const vars = textOf('vars_from', options.vars_from ?? usualFiles.vars);
  const defaults = textOf('defaults_from', options.defaults_from ?? usualFiles.defaults);
  if (tasks === undefined || handlers === undefined || vars === undefined || defaults === undefined)
    return undefined;
  return { tasks, handlers, vars, defaults };
}
