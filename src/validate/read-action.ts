import { didYouMean } from '../lib/suggest.ts';
import { errorDiagnostic } from '../model/diagnostic.ts';
import { including } from '../model/include.ts';
import type { ModuleSpec } from '../model/module.ts';
import type { StepAction } from '../model/playbook.ts';
import { Float, type Value } from '../model/value.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, entriesOf, keyPlace, placeOf } from './cursor.ts';
import { readFreeForm } from './free-form.ts';
import { bareModuleName, findModule } from './module-names.ts';
import { readParams, type WrittenParam } from './module-params.ts';
import { describeKind } from './plain-value.ts';
import { readApply } from './read-apply.ts';
import { hasTemplate } from './scalars.ts';
import { splitWords } from './split-words.ts';
import { checkPart, checkTemplates } from './template-check.ts';

type ModuleAction = Extract<StepAction, { readonly type: 'module' }>;

/** A module's name as written, its value, and what else gives it parameters. */
export interface WrittenAction {
  readonly written: string;
  readonly spec: ModuleSpec | undefined;
  /** The key that names the module. */
  readonly head: Cursor;
  /** Its value. */
  readonly body: Cursor;
  readonly args: Cursor | undefined;
  /** Names of parameters that `module_defaults` supplies. */
  readonly defaults: ReadonlySet<string>;
}

interface Given {
  readonly params: Map<string, WrittenParam>;
  readonly template?: string | undefined;
}

/** Reads a module with its parameters; undefined when it was so mistaken that nothing can be said of its parameters. */
export function readAction(action: WrittenAction, context: Context): ModuleAction | undefined {
  const given = readBody(action, context);
  if (given === undefined) return undefined;
  const extra = readArgs(action, context);
  const template = given.template ?? extra.template;
  const params = new Map([...extra.params, ...given.params]);
  const { spec, head, defaults, written } = action;
  const open = template !== undefined;
  const checked =
    spec === undefined
      ? uncheckedParams(params, context)
      : readParams(params, { spec, head, defaults, open }, context);
  return {
    type: 'module',
    module: spec?.name,
    written,
    params: checked,
    ...(template !== undefined && { paramsTemplate: template }),
    ...(isIncluding(spec) && readApply(params.get('apply')?.cursor, context)),
    at: keyPlace(head),
  };
}

function isIncluding(spec: ModuleSpec | undefined): boolean {
  return spec !== undefined && including.has(spec.name);
}

function uncheckedParams(params: Given['params'], context: Context): Record<string, Value> {
  for (const { value, cursor } of params.values())
    if (cursor.value === value) checkTemplates(cursor, context);
  return Object.fromEntries([...params].map(([name, param]) => [name, param.value]));
}

function readBody(action: WrittenAction, context: Context): Given | undefined {
  const { body, spec, written } = action;
  const { value } = body;
  if (value === undefined || value === null) return { params: new Map() };
  const entries = entriesOf(value);
  if (entries !== undefined) return { params: mappingParams(body, entries) };
  if (typeof value === 'string') return readText(action, value, context);
  if (spec?.freeForm !== undefined && isScalar(value))
    return { params: new Map([[spec.freeForm, { value: String(value), cursor: body }]]) };
  const form = spec?.freeForm === undefined ? 'a mapping of parameters' : 'a mapping of parameters or text';
  context.report(
    errorDiagnostic('RB209', `module "${written}": expected ${form}, found ${describeKind(value)}`, {
      at: placeOf(body),
    }),
  );
  return undefined;
}

function isScalar(value: Value): boolean {
  return (
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    typeof value === 'bigint' ||
    value instanceof Float
  );
}

function mappingParams(cursor: Cursor, entries: readonly (readonly [string, Value])[]): Given['params'] {
  return new Map(entries.map(([key, value]) => [key, { value, cursor: childOf(cursor, key) }]));
}

const textLate: ReadonlySet<string> = new Set(['add_host', 'group_by']);

/** Text in place of a mapping: `key=value` words, the free form, or a template that gives a mapping. */
function readText(action: WrittenAction, text: string, context: Context): Given | undefined {
  const { spec, body, written } = action;
  if (spec?.freeForm === undefined && isOneTemplate(text)) {
    checkTemplates(body, context);
    return { params: new Map(), template: text };
  }
  const form = readFreeForm(text, spec?.name ?? written);
  if ('open' in form) {
    reportText(body, `module "${written}": a quote or brace is left open, ${form.open} is missing`, context);
    return undefined;
  }
  const params = new Map<string, WrittenParam>();
  for (const [key, value] of Object.entries(form.params)) params.set(key, { value, cursor: body });
  if (form.rest !== '') {
    const name = spec?.freeForm ?? '_raw_params';
    if (spec !== undefined && spec.freeForm === undefined) {
      // Ansible takes any text for these, and fails the step when it is reached.
      if (body.document.dialect === 'ansible' && textLate.has(spec.name))
        return { params: new Map(), template: text };
      reportText(body, `module "${written}": expected a mapping of parameters, found text`, context);
      return undefined;
    }
    params.set(name, { value: form.rest, cursor: body });
  }
  checkTextTemplates(action, params, context);
  return { params };
}

/** The whole text is checked once here, but where some of its parts are expressions: there each part by itself. */
function checkTextTemplates(action: WrittenAction, params: Given['params'], context: Context): void {
  const isWhole = [...params.values()].some(({ value, cursor }) => value === cursor.value);
  if (isWhole) return;
  const raw = action.spec?.rawParams;
  if (raw === undefined) {
    checkTemplates(action.body, context);
    return;
  }
  for (const [name, { value }] of params)
    if (typeof value === 'string')
      checkPart(action.body, { name, value, isCondition: raw.includes(name) }, context);
}

function reportText(cursor: Cursor, message: string, context: Context): void {
  context.report(errorDiagnostic('RB209', message, { at: placeOf(cursor) }));
}

/** Whether a text is one `{{ expression }}` and nothing else. */
function isOneTemplate(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.startsWith('{{') && trimmed.endsWith('}}') && trimmed.indexOf('}}') === trimmed.length - 2;
}

function readArgs(action: WrittenAction, context: Context): Given {
  const { args } = action;
  if (args === undefined) return { params: new Map() };
  if (typeof args.value === 'string') {
    if (hasTemplate(args.value)) checkTemplates(args, context);
    return { params: new Map(), template: args.value };
  }
  return { params: mappingParams(args, entriesOf(args.value) ?? []) };
}

/** Reads `action:` and `local_action:`: the module's name in text or under `module`, and the rest as its parameters. */
export function readOldForm(
  cursor: Cursor,
  collections: readonly string[],
  context: Context,
): Pick<WrittenAction, 'written' | 'spec' | 'body'> | undefined {
  const { value } = cursor;
  const split = typeof value === 'string' ? splitAction(value) : nameInMapping(cursor);
  if (split === undefined) {
    const message = 'expected the name of a module first, as in `action: copy src=a dest=b`';
    context.report(errorDiagnostic('RB206', message, { at: placeOf(cursor) }));
    return undefined;
  }
  const spec = findModule(split.written, context.options.modules, collections);
  if (spec === undefined) {
    const extras = { at: placeOf(cursor), hint: 'list all modules: runbook doc' };
    const isNative = cursor.document.dialect === 'native';
    const guess = didYouMean(bareModuleName(split.written), context.options.modules.keys());
    const fault = errorDiagnostic('RB204', `no module is named "${split.written}"${guess}`, extras);
    context.report(isNative ? fault : { ...fault, severity: 'warning' });
  }
  return { written: split.written, spec, body: { ...cursor, value: split.rest } };
}

function splitAction(text: string): { written: string; rest: Value } | undefined {
  const words = splitWords(text);
  const first = 'open' in words ? /^\s*\S+/.exec(text)?.[0].trim() : words[0]?.text;
  if (first === undefined || !/^[\w.]+$/.test(first)) return undefined;
  return { written: first, rest: text.trimStart().slice(first.length).trim() };
}

function nameInMapping(cursor: Cursor): { written: string; rest: Value } | undefined {
  const entries = entriesOf(cursor.value) ?? [];
  const module = entries.find(([key]) => key === 'module')?.[1];
  if (typeof module !== 'string' || module === '') return undefined;
  return { written: module, rest: Object.fromEntries(entries.filter(([key]) => key !== 'module')) };
}
