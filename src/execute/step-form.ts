import type { ModuleSpec } from '../model/module.ts';
import type { PlanStep } from '../model/plan.ts';
import { Secret, Unsafe, type Value, VaultText } from '../model/value.ts';
import { hasTemplateTags } from '../template/syntax/options.ts';

/** What is known of a step before it runs on any host; made once and shared by all its instances. */
export interface StepForm {
  readonly spec: ModuleSpec | undefined;
  /** Parameters with the module's defaults of `module_defaults` below them; not rendered. */
  readonly params: Readonly<Record<string, Value>>;
  /** Whether the parameters hold nothing to render: then they are checked once, by the first instance. */
  readonly staticParams: boolean;
  /** Checked parameters of a step with static ones. */
  readonly checked: { value?: unknown };
  readonly staticTitle: boolean;
}

/** Gives the form of each step; keeps it as long as the step lives. */
export function createStepForms(modules: ReadonlyMap<string, ModuleSpec>): (step: PlanStep) => StepForm {
  const forms = new WeakMap<PlanStep, StepForm>();
  return (step) => {
    const known = forms.get(step);
    if (known !== undefined) return known;
    const made = makeForm(step, modules);
    forms.set(step, made);
    return made;
  };
}

function makeForm(step: PlanStep, modules: ReadonlyMap<string, ModuleSpec>): StepForm {
  const { action, keywords, name } = step;
  const staticTitle = name === undefined || !hasTemplateTags(name);
  if (action.type !== 'module')
    return { spec: undefined, params: {}, staticParams: true, checked: {}, staticTitle };
  const spec = action.module === undefined ? undefined : modules.get(action.module);
  const defaults =
    spec === undefined ? {} : moduleDefaults(spec, action.written, keywords.moduleDefaults ?? {});
  const params = { ...defaults, ...action.params };
  const raw = new Set(spec?.rawParams ?? []);
  const staticParams =
    action.paramsTemplate === undefined &&
    Object.entries(params).every(([key, value]) => raw.has(key) || isStatic(value));
  return { spec, params, staticParams, checked: {}, staticTitle };
}

function moduleDefaults(
  spec: ModuleSpec,
  written: string,
  all: Readonly<Record<string, Readonly<Record<string, Value>>>>,
): Record<string, Value> {
  const names = [`ansible.builtin.${spec.name}`, spec.name, written];
  const merged: Record<string, Value> = {};
  for (const name of new Set(names)) {
    const defaults = Object.hasOwn(all, name) ? all[name] : undefined;
    if (defaults !== undefined) Object.assign(merged, withoutAliases(spec, defaults));
  }
  return merged;
}

/** Parameters with the module's aliases replaced by its own names. */
export function withoutAliases(
  spec: ModuleSpec,
  params: Readonly<Record<string, Value>>,
): Record<string, Value> {
  const aliases = spec.paramAliases ?? {};
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => [
      Object.hasOwn(aliases, key) ? (aliases[key] ?? key) : key,
      value,
    ]),
  );
}

/** Whether a value holds nothing to render, decrypt or reveal. */
export function isStatic(value: Value): boolean {
  if (typeof value === 'string') return !hasTemplateTags(value);
  if (typeof value !== 'object' || value === null) return true;
  if (value instanceof Secret || value instanceof VaultText || value instanceof Unsafe) return false;
  if (Array.isArray(value)) return value.every((entry: Value) => isStatic(entry));
  if (value instanceof Map) return [...value].every(([key, entry]) => isStatic(key) && isStatic(entry));
  return Object.values(value).every((entry) => isStatic(entry));
}
