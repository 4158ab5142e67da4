import { didYouMean } from '../lib/suggest.ts';
import { failure } from '../model/diagnostic.ts';
import type { ModuleSpec } from '../model/module.ts';
import type { PlanStep } from '../model/plan.ts';
import { Float, isValueMap, Secret, Unsafe, type Value } from '../model/value.ts';
import { describe } from './lookups/lookup.ts';
import type { StepForm } from './step-form.ts';
import { withoutAliases } from './step-form.ts';
import type { StepScope } from './step-scope-port.ts';

/** What turns raw parameters into what a module is given. */
export interface ParamsContext {
  /** The scope to render in; asked for only where something is to be rendered. */
  scope(): StepScope;
  readonly isOmitted: (value: Value) => boolean;
  /** Reveals a secret, so that from then on it is masked in all output. */
  readonly reveal: (secret: Secret) => string;
  /** Whether values must not be named in messages. */
  readonly noLog: boolean;
}

/**
 * The checked parameters of a step on a host.
 *
 * @throws RunbookError RB602 naming the module, each wrong parameter and what was found.
 */
export function checkedParams(
  step: PlanStep,
  form: StepForm,
  spec: ModuleSpec,
  context: ParamsContext,
): unknown {
  if (form.staticParams) {
    form.checked.value ??= check(spec, form.params, context);
    return form.checked.value;
  }
  return check(spec, renderParams(step, form, spec, context), context);
}

function renderParams(
  step: PlanStep,
  form: StepForm,
  spec: ModuleSpec,
  context: ParamsContext,
): Record<string, Value> {
  const scope = context.scope();
  const raw = new Set(spec.rawParams ?? []);
  const sink: Sink = spec.keepsSecrets === true ? { ...context, reveal: (secret) => secret } : context;
  const rendered: Record<string, Value> = {};
  const add = (params: Readonly<Record<string, Value>>) => {
    for (const [key, value] of Object.entries(params)) {
      const given = raw.has(key) ? value : settle(scope.value(value), sink);
      // `omit` takes back what a default gave.
      if (given === undefined) delete rendered[key];
      else rendered[key] = given;
    }
  };
  if (step.action.type === 'module' && step.action.paramsTemplate !== undefined)
    add(withoutAliases(spec, templatedParams(step.action.paramsTemplate, spec, scope)));
  add(form.params);
  return rendered;
}

function templatedParams(
  template: string,
  spec: ModuleSpec,
  scope: StepScope,
): Readonly<Record<string, Value>> {
  const value = scope.value(template);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, entry]) => [String(key), entry]));
  if (isValueMap(value)) return value;
  throw failure('RB602', `${spec.name}: the parameters must be a mapping, but are ${describe(value)}`);
}

/** Where rendered values go: what becomes of secrets in them. */
interface Sink {
  readonly isOmitted: (value: Value) => boolean;
  readonly reveal: (secret: Secret) => Value;
}

/** A rendered value without `omit` marks, its secrets revealed: the module is the sink they are meant for. */
function settle(value: Value, context: Sink): Value | undefined {
  if (typeof value !== 'object' || value === null) return context.isOmitted(value) ? undefined : value;
  if (context.isOmitted(value)) return undefined;
  if (value instanceof Secret) return context.reveal(value);
  if (value instanceof Unsafe) return settle(value.value, context);
  if (Array.isArray(value)) {
    const list: readonly Value[] = value;
    return list.map((entry) => settle(entry, context)).filter((entry) => entry !== undefined);
  }
  if (value instanceof Map) {
    const entries = [...value].map(([key, entry]) => [key, settle(entry, context)] as const);
    return new Map(entries.filter((entry): entry is readonly [Value, Value] => entry[1] !== undefined));
  }
  return isValueMap(value) ? settleRecord(value, context) : value;
}

function settleRecord(record: Readonly<Record<string, Value>>, context: Sink): Value {
  const settled: Record<string, Value> = {};
  for (const [key, entry] of Object.entries(record)) {
    const value = settle(entry, context);
    if (value !== undefined) settled[key] = value;
  }
  return settled;
}

function check(spec: ModuleSpec, params: Readonly<Record<string, Value>>, context: ParamsContext): unknown {
  const first = spec.params.safeParse(params);
  if (first.success) return first.data;
  // A schema that asks for a number does not know floats that print as floats.
  const plain = spec.params.safeParse(withPlainNumbers(params));
  if (plain.success) return plain.data;
  const complaints = plain.error.issues.map((issue) => complaint(spec, params, issue, context.noLog));
  throw failure('RB602', `module ${spec.name}: ${complaints.join('; ')}`, {
    hint: `runbook doc ${spec.name} lists its parameters.`,
  });
}

function withPlainNumbers(value: Value): unknown {
  if (value instanceof Float) return value.value;
  if (Array.isArray(value)) return value.map((entry: Value) => withPlainNumbers(entry));
  if (!isValueMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withPlainNumbers(entry)]));
}

interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[] | undefined;
}

function complaint(
  spec: ModuleSpec,
  params: Readonly<Record<string, Value>>,
  issue: Issue,
  noLog: boolean,
): string {
  if (issue.code === 'unrecognized_keys' && issue.keys !== undefined) {
    const known = knownParams(spec);
    return issue.keys.map((key) => `unknown parameter "${key}"${didYouMean(key, known)}`).join('; ');
  }
  if (issue.path.length === 0) return issue.message;
  const found = valueAt(params, issue.path);
  const name = `parameter "${issue.path.map(String).join('.')}"`;
  if (found === undefined) return `${name} is required (${issue.message})`;
  return `${name}: ${issue.message}; found ${noLog ? describe(found) : shown(found)}`;
}

function knownParams(spec: ModuleSpec): string[] {
  const schema: object = spec.params;
  const shape = 'shape' in schema ? schema.shape : undefined;
  const own = typeof shape === 'object' && shape !== null ? Object.keys(shape) : [];
  return [...own, ...Object.keys(spec.paramAliases ?? {})];
}

function valueAt(params: Value, path: readonly PropertyKey[]): Value | undefined {
  let value: Value | undefined = params;
  for (const key of path) {
    if (Array.isArray(value)) value = (value as readonly Value[])[Number(key)];
    else if (isValueMap(value) && Object.hasOwn(value, key)) value = value[String(key)];
    else return undefined;
  }
  return value;
}

function shown(value: Value): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : describe(value);
}
