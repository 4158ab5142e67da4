import type { Secret } from '../../model/value.ts';
import type { Datum } from '../datum.ts';
import type { TemplateUnit } from '../errors.ts';
import { changingMethods } from '../python/container-methods.ts';
import type { TemplateRun } from '../run.ts';
import type { Scope } from '../scope-types.ts';
import type { Expression, Statement } from '../syntax/ast.ts';
import { newlinesAtEnd, type ParsedTemplate } from '../syntax/parse-template.ts';
import { mayCallMethod, readsName } from '../syntax/reads.ts';
import { compileExpression } from './expression.ts';
import { type BlockBody, Frame, Inheritance } from './frame.ts';
import { Output } from './output.ts';
import { renderRoot } from './root.ts';
import { compileStatements } from './statement.ts';
import type { CompiledTemplate, Compiler, Evaluate } from './types.ts';

/** What the compiler must know of the engine: which filters and tests there are, and other templates. */
export type CompilerServices = Pick<Compiler, 'hasFilter' | 'hasTest' | 'filterNames' | 'testNames' | 'load'>;

/**
 * Makes a template ready to run: a tree of functions, without generated code.
 *
 * @throws TemplateError of kind `syntax` for filters and tests that do not exist.
 */
export function compileTemplate(parsed: ParsedTemplate, services: CompilerServices): CompiledTemplate {
  const compiler = makeCompiler(parsed.unit, services);
  const body = compiler.statements(parsed.body);
  return {
    unit: parsed.unit,
    body,
    blocks: [...compiler.blocks.values()],
    changesValues: mayCallMethod(parsed.body, changingMethods),
    readsSelf: readsName(parsed.body, 'self'),
    single: singleExpression(compiler, parsed),
    endingNewlines: parsed.endingNewlines,
  };
}

/** Makes a bare expression ready to evaluate. */
export function compileBare(
  unit: TemplateUnit,
  expression: Expression,
  services: CompilerServices,
): CompiledTemplate {
  const compiler = makeCompiler(unit, services);
  const evaluate = compiler.expression(expression);
  const statement: Statement = { kind: 'output', value: expression, offset: expression.offset };
  return {
    unit,
    body: compiler.statements([statement]),
    blocks: [],
    changesValues: mayCallMethod([statement], changingMethods),
    readsSelf: false,
    single: { evaluate, tail: '' },
    endingNewlines: 0,
  };
}

function makeCompiler(unit: TemplateUnit, services: CompilerServices): Compiler {
  const compiler: Compiler = {
    ...services,
    unit,
    blocks: new Map<string, BlockBody>(),
    expression: (expression) => compileExpression(compiler, expression),
    statements: (statements) => compileStatements(compiler, statements),
  };
  return compiler;
}

function singleExpression(
  compiler: Compiler,
  { body, endingNewlines }: ParsedTemplate,
): { evaluate: Evaluate; tail: string } | undefined {
  const [first, second, third] = body;
  if (first?.kind !== 'output' || third !== undefined) return undefined;
  if (second !== undefined && (second.kind !== 'text' || !/^\n+$/.test(second.text))) return undefined;
  return { evaluate: compiler.expression(first.value), tail: '\n'.repeat(endingNewlines) };
}

/** Renders a template into text. */
export function renderTemplate(run: TemplateRun, template: CompiledTemplate, scope: Scope): string | Secret {
  const out = new Output();
  renderRoot(run, template, new Frame(undefined, scope, new Inheritance()), out);
  out.text += '\n'.repeat(Math.max(0, template.endingNewlines - newlinesAtEnd(out.text)));
  return out.finish();
}

/** Evaluates the one expression that a template consists of. */
export function evaluateSingle(
  run: TemplateRun,
  template: CompiledTemplate,
  evaluate: Evaluate,
  scope: Scope,
): Datum {
  if (template.changesValues) run.copyVariables();
  return evaluate(run, new Frame(undefined, scope, new Inheritance()));
}
