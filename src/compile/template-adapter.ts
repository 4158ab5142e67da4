import type { Scope, TemplateEngine } from '../template/engine.ts';
import type { CompileTemplates, RawVariables } from './compile-input.ts';

/** The template engine as compiling uses it: variables in one layer, each rendered when it is read. */
export function compileTemplates(engine: TemplateEngine): CompileTemplates {
  const scopeOf = (values: RawVariables): Scope =>
    engine.createScope({ layers: [{ source: 'playbook', label: 'known before the run', values }] });
  return {
    evaluateCondition: (condition, variables, dialect) =>
      engine.evaluateCondition(condition, scopeOf(variables), { anyTextHolds: dialect === 'ansible' }),
    renderNative: (text, variables) => engine.renderNative(text, scopeOf(variables)),
    references: (text, form) =>
      form === 'condition' ? engine.expressionReferences(text) : engine.references(text),
  };
}
