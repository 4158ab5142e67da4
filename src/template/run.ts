import { Secret } from '../model/value.ts';
import type { Budget } from './budget.ts';
import type { Frame } from './compile/frame.ts';
import type { Output } from './compile/output.ts';
import { type CallArguments, type Datum, Markup, type Run, TemplateObject, Undefined } from './datum.ts';
import { positionOf, type Site, TemplateError, unknownName } from './errors.ts';
import { callNative, type Native } from './native.ts';
import { ownCopy } from './own-copy.ts';
import { escapeHtml } from './python/html.ts';
import { itemsOf } from './python/iterate.ts';
import { toText } from './python/text.ts';
import { isTruthy } from './python/types.ts';
import type { Scope } from './scope-types.ts';

/** What all renderings of one engine share. */
export interface Library {
  readonly filters: ReadonlyMap<string, Native>;
  readonly tests: ReadonlyMap<string, Native>;
  readonly globals: ReadonlyMap<string, Datum>;
  /** What None prints as. */
  readonly noneText: string;
  /** Whether ranges and views of mappings print as lists. */
  readonly viewsAsLists: boolean;
}

/** A range or view as the list of its items; other values as they are. */
function listOfView(run: Run, value: Datum): Datum {
  if (!(value instanceof TemplateObject) || !/^(?:range|dict_\w+)$/.test(value.typeName)) return value;
  return itemsOf(run, value);
}

/** The scope of a rendering. */
export function scopeOf(run: Run): Scope {
  if (!(run instanceof TemplateRun)) throw run.fail('there is no scope here');
  return run.scope;
}

/** One rendering of one template. */
export class TemplateRun implements Run {
  site: Site;
  revealed: string | undefined;
  autoescape = false;
  readonly scope: Scope;
  readonly #library: Library;
  readonly #budget: Budget;
  /** Copies of variables, made where a template changes lists or mappings, so that no other template sees it. */
  #copies: Map<string, Datum> | undefined;
  /** The secrets whose text was read, to keep them out of messages. */
  #opened: Set<Secret> | undefined;

  constructor(library: Library, budget: Budget, scope: Scope, site: Site) {
    this.#library = library;
    this.#budget = budget;
    this.scope = scope;
    this.site = site;
  }

  step(count = 1): void {
    const exceeded = this.#budget.step(count);
    if (exceeded !== undefined) throw this.#overBudget(exceeded);
  }

  spend(characters: number): void {
    const exceeded = this.#budget.spend(characters);
    if (exceeded !== undefined) throw this.#overBudget(exceeded);
  }

  timeLeftMs(): number {
    return this.#budget.timeLeftMs();
  }

  overTime(message: string): TemplateError {
    return this.#overBudget(message);
  }

  fail(message: string): TemplateError {
    return new TemplateError(message, { kind: 'runtime', position: positionOf(this.site) });
  }

  /** The error for a template whose evaluation needs more stack than there is. */
  exhausted(): TemplateError {
    return this.#overBudget('the template is too large or nests too deeply');
  }

  #overBudget(message: string): TemplateError {
    return new TemplateError(message, { kind: 'budget', position: positionOf(this.site) });
  }

  /** Runs `body` one level deeper: a macro, an include, a block. */
  nested<Result>(body: () => Result): Result {
    const exceeded = this.#budget.enter();
    try {
      if (exceeded !== undefined) throw this.#overBudget(exceeded);
      return body();
    } finally {
      this.#budget.leave();
    }
  }

  reveal(secret: Secret): string {
    this.revealed ??= secret.name;
    return this.open(secret);
  }

  open(secret: Secret): string {
    this.#opened ??= new Set();
    this.#opened.add(secret);
    return secret.reveal();
  }

  /** An error of this rendering without the texts of secrets that it may quote. */
  withoutSecrets(error: TemplateError): TemplateError {
    const hide = (text: string) => {
      let hidden = text;
      for (const secret of this.#opened ?? []) {
        if (secret.reveal() !== '') hidden = hidden.replaceAll(secret.reveal(), secret.toString());
      }
      return hidden;
    };
    return this.#opened === undefined ? error : error.reworded(hide);
  }

  /** From now on variables are read as copies that the template may change. */
  copyVariables(): void {
    this.#copies ??= new Map();
  }

  /** The value of a name; an undefined one where nothing defines it. */
  lookup(frame: Frame, name: string, site: Site): Datum {
    const local = frame.find(name);
    if (local !== undefined) return local;
    this.site = site;
    const value = frame.scope?.get(name);
    if (value !== undefined) return this.#copies === undefined ? value : this.#own(this.#copies, name, value);
    const global = this.#library.globals.get(name);
    if (global !== undefined) return global;
    return new Undefined(name, site, {
      candidates: () => [...(frame.scope?.names() ?? []), ...this.#library.globals.keys()],
    });
  }

  #own(copies: Map<string, Datum>, name: string, value: Datum): Datum {
    const known = copies.get(name);
    if (known !== undefined) return known;
    const copy = ownCopy(this, value);
    copies.set(name, copy);
    return copy;
  }

  /** Prints a value into the output, as `{{ }}` does. */
  print(out: Output, value: Datum): void {
    if (value === null) {
      this.write(out, this.#library.noneText);
      return;
    }
    if (typeof value === 'string') {
      this.write(out, this.autoescape ? escapeHtml(value) : value);
      return;
    }
    this.revealed = undefined;
    const text = toText(this, this.#library.viewsAsLists ? listOfView(this, value) : value);
    if (this.revealed !== undefined) out.secret ??= this.revealed;
    this.write(out, this.autoescape && !(value instanceof Markup) ? escapeHtml(text) : text);
  }

  /** Adds text that needs no escaping. */
  write(out: Output, text: string): void {
    this.spend(text.length);
    out.text += text;
  }

  /** A captured output as a value: HTML where escaping is on. */
  captured(out: Output): Datum {
    const made = out.finish();
    return this.autoescape && typeof made === 'string' ? new Markup(made) : made;
  }

  hasFilter(name: string): boolean {
    return this.#library.filters.has(name) || this.#library.tests.has(name);
  }

  hasTest(name: string): boolean {
    return this.#library.tests.has(name);
  }

  callFilter(name: string, value: Datum, given: CallArguments): Datum {
    const filter = this.#library.filters.get(name) ?? this.#library.tests.get(name);
    if (filter === undefined) throw this.fail(unknownName('filter', name, this.#library.filters.keys()));
    return callNative(this, `filter "${name}"`, filter, {
      ...given,
      positional: [value, ...given.positional],
    });
  }

  callTest(name: string, value: Datum, given: CallArguments): boolean {
    const test = this.#library.tests.get(name);
    if (test === undefined) throw this.fail(unknownName('test', name, this.#library.tests.keys()));
    const result = callNative(this, `test "${name}"`, test, {
      ...given,
      positional: [value, ...given.positional],
    });
    return result instanceof Secret ? true : isTruthy(result);
  }
}
