import { didYouMean } from '../lib/suggest.ts';
import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { ModuleSpec } from '../model/module.ts';
import { Unsafe, type Value } from '../model/value.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, keyPlace, placeOf } from './cursor.ts';
import { issuesToDiagnostics } from './issue-diagnostic.ts';
import { toPlain } from './plain-value.ts';
import { type SchemaIssue, schemaIssues } from './schema-issues.ts';
import { keysAt } from './schema-walk.ts';
import { checkConditions, checkTemplates } from './template-check.ts';

/** A parameter as written: its value, and where that stands (the whole text, for `key=value` words). */
export interface WrittenParam {
  readonly value: Value;
  readonly cursor: Cursor;
}

/** Parameters by their names as written. */
export type WrittenParams = ReadonlyMap<string, WrittenParam>;

/** What surrounds the check of a module's parameters. */
export interface ParamsScope {
  readonly spec: ModuleSpec;
  /** The place of the module's key. */
  readonly head: Cursor;
  /** Names that `module_defaults` supplies. */
  readonly defaults: ReadonlySet<string>;
  /** Whether a template gives further parameters, so that none is surely missing. */
  readonly open: boolean;
}

/** Resolves other spellings, checks each parameter that needs no rendering, and gives all under the module's own names. */
export function readParams(
  written: WrittenParams,
  scope: ParamsScope,
  context: Context,
): Readonly<Record<string, Value>> {
  const params = resolveAliases(written, scope.spec, context);
  checkTexts(params, scope.spec, context);
  checkSchema(params, written, scope, context);
  return Object.fromEntries([...params].map(([name, param]) => [name, param.value]));
}

function resolveAliases(written: WrittenParams, spec: ModuleSpec, context: Context): WrittenParams {
  const aliases = spec.paramAliases ?? {};
  const params = new Map<string, WrittenParam>();
  for (const [key, param] of written) {
    const name = Object.hasOwn(aliases, key) ? (aliases[key] ?? key) : key;
    if (params.has(name))
      context.report(
        errorDiagnostic(
          'RB207',
          `"${key}" of module "${spec.name}" means the same as "${name}", and both are given`,
          {
            at: keyPlace(param.cursor),
          },
        ),
      );
    params.set(name, param);
  }
  return params;
}

function checkTexts(params: WrittenParams, spec: ModuleSpec, context: Context): void {
  for (const [name, { value, cursor }] of params) {
    const own = cursor.value === value;
    if (!own) continue;
    if (spec.rawParams?.includes(name)) checkConditions(cursor, context);
    else checkTemplates(cursor, context);
  }
}

function checkSchema(
  params: WrittenParams,
  written: WrittenParams,
  scope: ParamsScope,
  context: Context,
): void {
  const { spec } = scope;
  const plain = Object.fromEntries(
    [...params].map(([name, { value }]) => [
      name,
      value instanceof Unsafe ? toPlain(value.value) : toPlain(value),
    ]),
  );
  const result = spec.params.safeParse(plain, { jitless: true });
  if (result.success) return;
  const issues = schemaIssues(result.error.issues, plain, true).filter(
    (found) => !isExcused(found, params, scope),
  );
  const diagnostics = issuesToDiagnostics(issues, {
    value: plain,
    schema: spec.params,
    at: (path) => paramCursor(path, params, scope),
    keyNoun: `module "${spec.name}" has no parameter "%s"`,
    moreKeys: Object.keys(spec.paramAliases ?? {}),
    label: (path) => paramLabel(path, spec, written),
    showsText: false,
    codes: { unknown: 'RB209', wrong: 'RB209', missing: 'RB209' },
  });
  for (const diagnostic of diagnostics) context.report(withModeHint(diagnostic, plain));
}

/** What is absent may come from a template or from `module_defaults`; so may what a rule between parameters asks for. */
function isExcused(
  { path, issue }: SchemaIssue,
  params: WrittenParams,
  { open, defaults }: ParamsScope,
): boolean {
  const [first] = path;
  if (first === undefined) return issue.code === 'custom' && (open || defaults.size > 0);
  return !params.has(String(first)) && (open || defaults.has(String(first)));
}

function paramLabel(path: readonly (string | number)[], spec: ModuleSpec, written: WrittenParams): string {
  const [first, ...rest] = path;
  if (first === undefined) return `module "${spec.name}"`;
  const alias = Object.entries(spec.paramAliases ?? {}).find(
    ([key, name]) => name === first && written.has(key),
  );
  const tail = rest.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return `parameter "${alias?.[0] ?? first}${tail}" of module "${spec.name}"`;
}

function paramCursor(path: readonly (string | number)[], params: WrittenParams, scope: ParamsScope): Cursor {
  const [first, ...rest] = path;
  const param = first === undefined ? undefined : params.get(String(first));
  if (param === undefined) return scope.head;
  return rest.reduce(childOf, param.cursor);
}

/** Permissions written as a decimal number are a slip that the type's own message does not explain. */
function withModeHint(diagnostic: Diagnostic, plain: Readonly<Record<string, unknown>>): Diagnostic {
  const [, name = ''] = /^parameter "(\w*mode)"/.exec(diagnostic.message) ?? [];
  const value = plain[name];
  if (typeof value !== 'number' || diagnostic.hint !== undefined) return diagnostic;
  return { ...diagnostic, hint: `write permissions in quotes, in octal: ${name}: "0${value}"` };
}

/** `module "x" has no parameter "y"`, for a key of `module_defaults`. */
export function reportUnknownParam(name: string, spec: ModuleSpec, cursor: Cursor, context: Context): void {
  const known = [...keysAt(spec.params, []), ...Object.keys(spec.paramAliases ?? {})];
  if (known.length === 0 || known.includes(name)) return;
  const message = `module "${spec.name}" has no parameter "${name}"${didYouMean(name, known)}`;
  context.report(errorDiagnostic('RB209', message, { at: keyPlace(cursor) }));
}

/** Where a list of steps, or the text of a parameter, was expected in place of what stands there. */
export function reportKind(cursor: Cursor, message: string, context: Context): void {
  context.report(errorDiagnostic('RB202', message, { at: placeOf(cursor) }));
}
