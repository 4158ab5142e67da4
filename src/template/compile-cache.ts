import { type CompilerServices, compileBare, compileTemplate } from './compile/template.ts';
import type { CompiledTemplate } from './compile/types.ts';
import type { EngineServices } from './engine-types.ts';
import { withinStack } from './errors.ts';
import type { Library } from './run.ts';
import { defaultSyntax, type TemplateSyntax } from './syntax/options.ts';
import { parseBareExpression, parseTemplate } from './syntax/parse-template.ts';

/** How many characters of template text the cache keeps compiled. */
const maxCharacters = 16 * 1024 * 1024;

/** Templates that others load do not keep the newline at their end. */
const loadedSyntax: TemplateSyntax = { ...defaultSyntax, keepTrailingNewline: false };

/** Compiles templates and expressions, each once. */
export class CompileCache {
  readonly #services: CompilerServices;
  readonly #known = new Map<string, CompiledTemplate>();
  readonly #syntaxIds = new Map<TemplateSyntax, number>();
  #characters = 0;

  constructor(read: NonNullable<EngineServices['loadTemplate']>, library: Library) {
    this.#services = {
      hasFilter: (name) => library.filters.has(name) || library.tests.has(name),
      hasTest: (name) => library.tests.has(name),
      filterNames: () => library.filters.keys(),
      testNames: () => library.tests.keys(),
      load: (name, from, folders) => {
        const found = read(name, from, folders);
        if (found === undefined) return undefined;
        const loaded = typeof found === 'string' ? { name, text: found } : found;
        return this.template(loaded.text, loaded.name, loadedSyntax);
      },
    };
  }

  template(text: string, name: string, syntax: TemplateSyntax): CompiledTemplate {
    const key = `${this.#syntaxId(syntax)}\0${name}\0${text}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const compile = () => compileTemplate(parseTemplate(text, name, syntax), this.#services);
    return this.#add(key, withinStack({ name, text }, compile));
  }

  expression(text: string, name: string): CompiledTemplate {
    const key = `e\0${name}\0${text}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const compile = () => {
      const { unit, expression } = parseBareExpression(text, name);
      return compileBare(unit, expression, this.#services);
    };
    return this.#add(key, withinStack({ name, text }, compile));
  }

  #add(key: string, compiled: CompiledTemplate): CompiledTemplate {
    if (this.#characters > maxCharacters) {
      this.#known.clear();
      this.#characters = 0;
    }
    this.#known.set(key, compiled);
    this.#characters += key.length;
    return compiled;
  }

  #syntaxId(syntax: TemplateSyntax): number {
    const id = this.#syntaxIds.get(syntax) ?? this.#syntaxIds.size;
    this.#syntaxIds.set(syntax, id);
    return id;
  }
}
