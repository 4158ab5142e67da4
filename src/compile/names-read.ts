import type { PlanStep } from '../model/plan.ts';
import type { Condition, Keywords } from '../model/playbook.ts';
import { isValueMap, Unsafe, type Value } from '../model/value.ts';
import {
  type CompileTemplates,
  conditionText,
  type ModuleTraits,
  type VariableRead,
} from './compile-input.ts';
import { isTemplate } from './is-template.ts';

/** Finds the root names that templates read. Every text is looked at once. */
export class NameReader {
  readonly #engine: CompileTemplates;
  readonly #modules: ReadonlyMap<string, ModuleTraits>;
  readonly #templates = new Map<string, TextReads>();
  readonly #conditions = new Map<string, TextReads>();
  readonly #steps = new Map<PlanStep, ReadonlySet<string>>();

  constructor(engine: CompileTemplates, modules: ReadonlyMap<string, ModuleTraits>) {
    this.#engine = engine;
    this.#modules = modules;
  }

  /** Names in a text that may be a template. None for a text that cannot be parsed: that is told elsewhere. */
  ofTemplate(text: string): readonly string[] {
    return this.#ofTemplate(text).names;
  }

  /** Names in a condition; braces around it are allowed. */
  ofCondition(condition: Condition): readonly string[] {
    return this.#ofCondition(condition).names;
  }

  /** Adds the names in all strings of a value. */
  addValue(value: Value, names: Set<string>): void {
    for (const text of textsOf(value)) for (const name of this.ofTemplate(text)) names.add(name);
  }

  /** Every name that a step reads in its keywords and parameters; not through the variables that it reads. */
  ofStep(step: PlanStep): ReadonlySet<string> {
    const known = this.#steps.get(step);
    if (known !== undefined) return known;
    const names = new Set<string>();
    for (const text of templatesOf(step)) for (const name of this.ofTemplate(text)) names.add(name);
    for (const condition of this.conditionsOf(step))
      for (const name of this.ofCondition(condition)) names.add(name);
    this.#steps.set(step, names);
    return names;
  }

  /** Every condition of a step, those that modules take as parameters included. */
  conditionsOf(step: PlanStep): Condition[] {
    const { when, until, changedWhen, failedWhen, loopControl } = step.keywords;
    const lists = [when, until, changedWhen, failedWhen, loopControl?.breakWhen];
    const conditions = lists.flatMap((list) => list ?? []);
    if (step.action.type !== 'module') return conditions;
    const { module, params } = step.action;
    for (const name of this.#modules.get(module ?? '')?.rawParams ?? [])
      for (const value of [params[name] ?? []].flat()) if (typeof value === 'string') conditions.push(value);
    return conditions;
  }

  /** Names that a step somewhere asks about with `is defined`, or gives a default to. */
  guardedNames(step: PlanStep): ReadonlySet<string> {
    const names = new Set<string>();
    for (const text of templatesOf(step)) for (const name of this.#ofTemplate(text).guarded) names.add(name);
    for (const condition of this.conditionsOf(step))
      for (const name of this.#ofCondition(condition).guarded) names.add(name);
    return names;
  }

  /** What a step reads of a name for sure: the first attribute or literal key of each read. */
  partsOf(step: PlanStep, name: string): ReadonlySet<string> {
    const texts = templatesOf(step).map((text) => this.#ofTemplate(text));
    const conditions = this.conditionsOf(step).map((condition) => this.#ofCondition(condition));
    const parts = [...texts, ...conditions].flatMap(({ all }) =>
      all.flatMap((read) => (read.name === name && !read.guarded ? (read.path?.slice(0, 1) ?? []) : [])),
    );
    return new Set(parts);
  }

  #ofTemplate(text: string): TextReads {
    return isTemplate(text) ? this.#read(this.#templates, text, 'template') : noReads;
  }

  #ofCondition(condition: Condition): TextReads {
    const text = conditionText(condition);
    return isTemplate(text) ? this.#ofTemplate(text) : this.#read(this.#conditions, text, 'condition');
  }

  #read(known: Map<string, TextReads>, text: string, form: 'template' | 'condition'): TextReads {
    const found = known.get(text);
    if (found !== undefined) return found;
    let reads = noReads;
    try {
      const all = this.#engine.references(text, form);
      const guarded = all.filter((read) => read.guarded);
      reads = { all, names: distinct(all), guarded: distinct(guarded) };
    } catch {
      // A text that is no template reads nothing; whoever renders it tells what is wrong with it.
    }
    known.set(text, reads);
    return reads;
  }
}

/** The names that a text reads. */
interface TextReads {
  readonly all: readonly VariableRead[];
  readonly names: readonly string[];
  readonly guarded: readonly string[];
}

const noReads: TextReads = { all: [], names: [], guarded: [] };

function distinct(reads: readonly VariableRead[]): string[] {
  return [...new Set(reads.map((read) => read.name))];
}

/** Keywords whose values are rendered. */
const renderedKeywords = [
  'retries',
  'delay',
  'backoff',
  'timeout',
  'ignoreErrors',
  'ignoreUnreachable',
  'checkMode',
  'diff',
  'become',
  'becomeMethod',
  'becomeUser',
  'becomePassword',
  'becomeExe',
  'becomeFlags',
  'environment',
  'delegateTo',
  'delegateFacts',
  'noLog',
  'connection',
  'remoteUser',
  'port',
  'notify',
] as const satisfies readonly (keyof Keywords)[];

/** Every template text of a step but its conditions. */
export function templatesOf(step: PlanStep): readonly string[] {
  const { keywords, action } = step;
  const texts: string[] = [];
  if (step.name !== undefined) addTexts(step.name, texts);
  for (const key of renderedKeywords) addTexts(keywords[key], texts);
  addTexts(keywords.loop?.value, texts);
  addTexts(keywords.loopControl?.label, texts);
  addTexts(keywords.loopControl?.pause, texts);
  for (const limit of keywords.limits ?? []) {
    addTexts(limit.key, texts);
    addTexts(limit.timeout, texts);
  }
  for (const wait of keywords.wait ?? []) addTexts(wait.timeout, texts);
  if (action.type !== 'module') return texts;
  addTexts(action.paramsTemplate, texts);
  for (const value of Object.values(action.params)) addTexts(value, texts);
  return texts;
}

/** Every string in a value that holds a template, keys of mappings included. Unsafe values hold none. */
export function textsOf(value: Value): readonly string[] {
  const texts: string[] = [];
  addTexts(value, texts);
  return texts;
}

function addTexts(value: Value | undefined, texts: string[]): void {
  if (typeof value === 'string') {
    if (isTemplate(value)) texts.push(value);
  } else if (typeof value !== 'object' || value === null) return;
  else if (Array.isArray(value)) {
    for (const item of value) addTexts(item, texts);
  } else if (value instanceof Map) {
    for (const [key, item] of value) {
      addTexts(key, texts);
      addTexts(item, texts);
    }
  } else if (!(value instanceof Unsafe) && isValueMap(value)) {
    for (const [key, item] of Object.entries(value)) {
      addTexts(key, texts);
      addTexts(item, texts);
    }
  }
}
