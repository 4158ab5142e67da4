import { isValueMap, Secret, type Value } from '../model/value.ts';
import { nowFunction } from './ansible/time-filters.ts';
import { Budget, defaultLimits, type Limits } from './budget.ts';
import { evaluateSingle, renderTemplate } from './compile/template.ts';
import type { CompiledTemplate } from './compile/types.ts';
import { CompileCache } from './compile-cache.ts';
import { asDatum, type Datum, Undefined } from './datum.ts';
import type { EngineServices, EngineSettings, RenderOptions } from './engine-types.ts';
import { TemplateError } from './errors.ts';
import { filterTable } from './filters/table.ts';
import { Range, standardGlobals } from './globals.ts';
import { lookupGlobals } from './lookup.ts';
import { omitMark } from './omit.ts';
import { DictView } from './python/dict-view.ts';
import { itemsOf } from './python/iterate.ts';
import { type Library, TemplateRun } from './run.ts';
import { describeDefinition } from './scope.ts';
import type { Definition, Scope, VariableRenderer } from './scope-types.ts';
import { defaultSyntax, hasTemplateTags, playSyntax } from './syntax/options.ts';
import { newlinesAtEnd } from './syntax/parse-template.ts';
import { testTable } from './tests/table.ts';
import { textAsData } from './text-as-data.ts';
import { toValue } from './to-value.ts';

const templateName = 'template';

/** What is done with the outcome of an expression while its rendering lasts. */
type Use<Result> = (run: TemplateRun, datum: Datum) => Result;

/** Compiles, renders and evaluates; the engine's methods are calls of this. */
export class EngineCore implements VariableRenderer {
  readonly #library: Library;
  readonly #cache: CompileCache;
  readonly #limits: Limits;
  readonly #now: () => number;
  /** The budget of the outermost rendering under way: what it renders inside spends from the same. */
  #budget: Budget | undefined;

  constructor(services: EngineServices, settings: EngineSettings) {
    this.#now = services.now ?? Date.now;
    const filters = filterTable(services);
    const tests = testTable(services);
    const globals = standardGlobals();
    for (const [name, value] of lookupGlobals(services)) globals.set(name, value);
    globals.set('now', nowFunction(this.#now));
    globals.set('omit', asDatum(omitMark));
    this.#library = {
      filters,
      tests,
      globals,
      noneText: settings.noneText ?? 'None',
      viewsAsLists: settings.viewsAsLists ?? false,
    };
    this.#limits = { ...defaultLimits, ...settings.limits };
    this.#cache = new CompileCache(services.loadTemplate ?? (() => undefined), this.#library);
  }

  filterNames(): string[] {
    return [...this.#library.filters.keys()];
  }

  testNames(): string[] {
    return [...this.#library.tests.keys()];
  }

  /** A template, compiled. @throws TemplateError of kind `syntax`. */
  template(text: string, options: RenderOptions = {}): CompiledTemplate {
    return this.#cache.template(text, options.name ?? templateName, options.syntax ?? playSyntax);
  }

  /** A bare expression, compiled. @throws TemplateError of kind `syntax`. */
  expression(text: string, options: RenderOptions = {}): CompiledTemplate {
    return this.#cache.expression(text, options.name ?? 'expression');
  }

  render(text: string, scope: Scope, options: RenderOptions = {}): string | Secret {
    const { syntax = playSyntax } = options;
    if ((syntax === defaultSyntax || syntax === playSyntax) && !hasTemplateTags(text)) return text;
    const template = this.template(text, options);
    const made = this.#start(template, scope, (run) => renderTemplate(run, template, scope));
    return syntax.newline === '\n' ? made : withNewlines(made, syntax.newline);
  }

  renderNative(text: string, scope: Scope, options: RenderOptions = {}): Value {
    if (!hasTemplateTags(text)) return text;
    return this.nativeWith(text, scope, options, (run, datum) =>
      toValue(run, ofTemplate(datum, text, scope)),
    );
  }

  /** Renders a text natively and hands what it comes to, as it is, to `use`. */
  nativeWith<Result>(text: string, scope: Scope, options: RenderOptions, use: Use<Result>): Result {
    const template = this.template(text, options);
    return this.#start(template, scope, (run) => use(run, native(run, template, scope)));
  }

  evaluate(expression: string, scope: Scope, options: RenderOptions = {}): Value {
    return this.evaluateWith(expression, scope, options, toValue);
  }

  /** Evaluates a bare expression and hands what it comes to, as it is, to `use`. */
  evaluateWith<Result>(expression: string, scope: Scope, options: RenderOptions, use: Use<Result>): Result {
    const compiled = this.expression(expression, options);
    return this.#start(compiled, scope, (run) => use(run, native(run, compiled, scope)));
  }

  renderValue(value: Value, scope: Scope, options: RenderOptions = {}): Value {
    if (typeof value === 'string') return this.renderNative(value, scope, options);
    if (Array.isArray(value)) return this.#renderList(value, scope, options);
    if (value instanceof Map) return new Map(this.#renderEntries([...value], scope, options));
    if (!isValueMap(value) || value === omitMark) return value;
    const entries = this.#renderEntries(Object.entries(value), scope, options);
    // The keys of an object are texts, and rendered keys are made texts.
    return Object.fromEntries(entries.map(([key, item]) => [String(key), item]));
  }

  #renderList(list: readonly Value[], scope: Scope, options: RenderOptions): Value[] {
    return list.map((item) => this.renderValue(item, scope, options)).filter((item) => item !== omitMark);
  }

  #renderEntries(entries: readonly [Value, Value][], scope: Scope, options: RenderOptions): [Value, Value][] {
    return entries
      .map(([key, item]): [Value, Value] => [
        this.#renderKey(key, scope, options),
        this.renderValue(item, scope, options),
      ])
      .filter(([, item]) => item !== omitMark);
  }

  #renderKey(key: Value, scope: Scope, options: RenderOptions): Value {
    return typeof key === 'string' ? this.renderNative(key, scope, options) : key;
  }

  /** The value of a variable whose text is or holds templates; undefined parts stay undefined until they are used. */
  renderVariable(value: Value, scope: Scope, definition: Definition): Datum {
    const name = describeDefinition(definition);
    if (typeof value === 'string') return this.#renderLeaf(value, scope, name, definition);
    if (Array.isArray(value)) {
      const items = value.map((item: Value) => this.renderVariable(item, scope, definition));
      return items.filter((item) => item !== omitMark);
    }
    if (!(value instanceof Map) && !isValueMap(value)) return asDatum(value);
    const result = new Map<Datum, Datum>();
    for (const [key, item] of value instanceof Map ? value : Object.entries(value)) {
      const made = this.renderVariable(item, scope, definition);
      if (made !== omitMark)
        result.set(
          typeof key === 'string' ? asDatum(this.renderNative(key, scope, { name })) : asDatum(key),
          made,
        );
    }
    return result;
  }

  #renderLeaf(text: string, scope: Scope, name: string, definition: Definition): Datum {
    if (!hasTemplateTags(text)) return text;
    try {
      const template = this.template(text, { name });
      return this.#start(template, scope, (run) =>
        ofVariable(run, native(run, template, scope), text, scope),
      );
    } catch (error) {
      if (!(error instanceof TemplateError) || error.kind !== 'undefined') throw error;
      return Undefined.from(definition.name, error);
    }
  }

  /** Runs `body` with the budget of the rendering under way, or a new one. */
  #start<Result>(template: CompiledTemplate, scope: Scope, body: (run: TemplateRun) => Result): Result {
    const outer = this.#budget;
    const budget = outer ?? new Budget(this.#limits, this.#now);
    this.#budget = budget;
    const run = new TemplateRun(this.#library, budget, scope, { unit: template.unit, offset: 0 });
    try {
      return outer === undefined ? body(run) : run.nested(() => body(run));
    } catch (error) {
      if (error instanceof TemplateError) throw run.withoutSecrets(error);
      throw error instanceof RangeError ? run.exhausted() : error;
    } finally {
      this.#budget = outer;
    }
  }
}

/** What a template came to, as its scope has it. */
function ofTemplate(datum: Datum, template: string, scope: Scope): Datum {
  if (!scope.textsAsData) return datum;
  if (datum === null) return '';
  return typeof datum === 'string' ? textAsData(datum, template) : datum;
}

/** As `ofTemplate`, for the value of a variable; ranges and the views of mappings are lists then. */
function ofVariable(run: TemplateRun, datum: Datum, template: string, scope: Scope): Datum {
  const made = ofTemplate(datum, template, scope);
  const isSeries = made instanceof DictView || made instanceof Range;
  return scope.textsAsData && isSeries ? [...itemsOf(run, made)] : made;
}

/** What a template comes to: the value of its one expression, else its text. */
function native(run: TemplateRun, template: CompiledTemplate, scope: Scope): Datum {
  const { single } = template;
  if (single === undefined) return renderTemplate(run, template, scope);
  const value = evaluateSingle(run, template, single.evaluate, scope);
  if (single.tail === '') return value;
  if (typeof value === 'string') return withTail(value, single.tail);
  return value instanceof Secret ? new Secret(withTail(value.reveal(), single.tail), value.name) : value;
}

/** A text that ends in as many newlines as `tail` has, or in more of its own. */
function withTail(text: string, tail: string): string {
  return text + tail.slice(newlinesAtEnd(text));
}

function withNewlines(made: string | Secret, newline: string): string | Secret {
  if (typeof made === 'string') return made.replaceAll('\n', newline);
  return new Secret(made.reveal().replaceAll('\n', newline), made.name);
}
