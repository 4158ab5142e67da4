import { type Datum, orElse, TemplateObject, Undefined } from '../datum.ts';
import type { Site } from '../errors.ts';
import { itemsOf } from '../python/iterate.ts';
import { toText } from '../python/text.ts';
import { isList, isText } from '../python/types.ts';
import type { TemplateRun } from '../run.ts';
import type { ImportStatement, Statement } from '../syntax/ast.ts';
import { Frame, Inheritance } from './frame.ts';
import { Output } from './output.ts';
import { renderRoot } from './root.ts';
import type { CompiledTemplate, Compiler, Execute } from './types.ts';

/** An imported template: its macros and top-level names are its attributes. */
class TemplateModule extends TemplateObject {
  readonly typeName = 'TemplateModule';
  readonly #names: ReadonlyMap<string, Datum>;
  readonly #text: string;

  constructor(names: ReadonlyMap<string, Datum>, text: string) {
    super();
    this.#names = names;
    this.#text = text;
  }

  show(): string {
    return this.#text;
  }

  override attribute(name: string): Datum | undefined {
    return this.#names.get(name);
  }
}

/** The folders in which the step that renders looks for its files. */
function searchPath(run: TemplateRun): string[] {
  const folders = run.scope.get('ansible_search_path');
  return isList(folders) ? folders.filter((folder) => typeof folder === 'string') : [];
}

/** Finds the template that an expression names; of a list, the first that exists. */
function findTemplate(
  run: TemplateRun,
  compiler: Compiler,
  value: Datum,
  site: Site,
): CompiledTemplate | undefined {
  run.site = site;
  if (value instanceof Undefined) throw value.toError();
  const names = isList(value) && !isText(value) ? itemsOf(run, value) : [value];
  for (const name of names) {
    const found = compiler.load(toText(run, name), site.unit.name, searchPath(run));
    if (found !== undefined) return found;
  }
  return undefined;
}

function mustFind(run: TemplateRun, compiler: Compiler, value: Datum, site: Site): CompiledTemplate {
  const found = findTemplate(run, compiler, value, site);
  if (found === undefined) throw run.fail(`template ${templateNames(run, value)} was not found`);
  return found;
}

function templateNames(run: TemplateRun, value: Datum): string {
  const names = isList(value) ? itemsOf(run, value) : [value];
  return names.map((name) => `"${toText(run, name)}"`).join(' or ');
}

/** Makes an `include` ready to run. */
export function compileInclude(compiler: Compiler, s: Statement & { kind: 'include' }): Execute {
  const site: Site = { unit: compiler.unit, offset: s.offset };
  const name = compiler.expression(s.template);
  return (run, frame, out) => {
    const value = name(run, frame);
    const template = s.ignoreMissing
      ? findTemplate(run, compiler, value, site)
      : mustFind(run, compiler, value, site);
    if (template === undefined) return 0;
    const inheritance = new Inheritance();
    const inner = new Frame(
      s.withContext ? frame : undefined,
      s.withContext ? frame.scope : undefined,
      inheritance,
    );
    run.nested(() => renderRoot(run, template, inner, out));
    return 0;
  };
}

/** Makes an `import` or `from … import` ready to run. */
export function compileImport(compiler: Compiler, s: ImportStatement): Execute {
  const site: Site = { unit: compiler.unit, offset: s.offset };
  const name = compiler.expression(s.template);
  return (run, frame) => {
    const template = mustFind(run, compiler, name(run, frame), site);
    const inner = new Frame(
      s.withContext ? frame : undefined,
      s.withContext ? frame.scope : undefined,
      new Inheritance(),
    );
    const out = new Output();
    run.nested(() => renderRoot(run, template, inner, out));
    const names = new Map([...inner.own()].filter(([key]) => !key.startsWith('_')));
    if (typeof s.as === 'string') {
      frame.set(s.as, new TemplateModule(names, out.text));
      return 0;
    }
    for (const [wanted, alias] of s.as) {
      const hint = `the template "${template.unit.name}" does not export "${wanted}"`;
      frame.set(
        alias,
        orElse(
          names.get(wanted),
          () => new Undefined(wanted, site, { hint, candidates: () => names.keys() }),
        ),
      );
    }
    return 0;
  };
}

/** Makes an `extends` ready to run: what stands behind it prints nothing, and the parent is rendered at the end. */
export function compileExtends(compiler: Compiler, s: Statement & { kind: 'extends' }): Execute {
  const site: Site = { unit: compiler.unit, offset: s.offset };
  const name = compiler.expression(s.template);
  return (run, frame) => {
    const { inheritance } = frame;
    if (inheritance.renderParent !== undefined) throw run.fail('a template extends one template only');
    const parent = mustFind(run, compiler, name(run, frame), site);
    const root = inheritance.root ?? frame;
    inheritance.renderParent = (out) => run.nested(() => renderRoot(run, parent, root, out));
    return 0;
  };
}
