import type { VariableLayer } from '../model/variables.ts';
import type { TemplateEngine } from '../template/engine-types.ts';
import type { CompileTemplates, RawVariables } from './compile-input.ts';

/** The template engine as compiling uses it: over plain sets of raw variables, without any host. */
export function compileTemplates(engine: TemplateEngine): CompileTemplates {
  const scopeOf = (values: RawVariables) => {
    const layer: VariableLayer = { source: 'playbook', label: 'playbook', values };
    return engine.createScope({ layers: [layer] });
  };
  return {
    evaluateCondition: (condition, variables) => engine.evaluateCondition(condition, scopeOf(variables)),
    renderNative: (text, variables) => engine.renderNative(text, scopeOf(variables)),
    freeVariables: (text, form) =>
      form === 'template'
        ? engine.freeVariables(text)
        : engine.expressionReferences(text).map(({ name }) => name),
  };
}
