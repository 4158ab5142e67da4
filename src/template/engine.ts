import { inlineExpressions } from './condition.ts';
import { conditionHolds } from './condition-holds.ts';
import { EngineCore } from './core.ts';
import type { EngineServices, EngineSettings, TemplateEngine } from './engine-types.ts';
import { TemplateError, type TemplateProblem, withinStack } from './errors.ts';
import { expressionReferences, type NameReference, statementReferences } from './references.ts';
import { createScope } from './scope.ts';
import { hasTemplateTags } from './syntax/options.ts';
import { parseBareExpression, parseTemplate } from './syntax/parse-template.ts';

export { defaultLimits, type Limits } from './budget.ts';
export type { Datum } from './datum.ts';
export type {
  ConditionOptions,
  EngineServices,
  EngineSettings,
  FileFacts,
  RenderOptions,
  TemplateEngine,
  YamlStyle,
} from './engine-types.ts';
export { TemplateError, type TemplateErrorKind, type TemplateProblem } from './errors.ts';
export { LazyMapping, type LazySource } from './lazy-mapping.ts';
export { omitMark } from './omit.ts';
export type { NameReference } from './references.ts';
export type { ScopeParts } from './scope.ts';
export type { Definition, Scope } from './scope-types.ts';
export { readTemplateHeader, type TemplateFile } from './syntax/header.ts';
export { defaultSyntax, hasTemplateTags, type TemplateSyntax } from './syntax/options.ts';

/**
 * An engine with the filters, tests and functions of Jinja2 and of ansible-core. It runs no code but its own, reads no
 * file and starts no process by itself: what needs that is given as services.
 */
export function createTemplateEngine(
  services: EngineServices = {},
  settings: EngineSettings = {},
): TemplateEngine {
  const core = new EngineCore(services, settings);
  return {
    render: (text, scope, options) => core.render(text, scope, options),
    renderNative: (text, scope, options) => core.renderNative(text, scope, options),
    renderValue: (value, scope, options) => core.renderValue(value, scope, options),
    evaluate: (expression, scope, options) => core.evaluate(expression, scope, options),
    evaluateCondition: (condition, scope, options) => conditionHolds(core, condition, scope, options),
    validate: (text, options) => problemOf(() => core.template(text, options)),
    validateExpression: (text, options) => problemOf(() => core.expression(text, options)),
    references: readsOfTemplate,
    expressionReferences: readsOfCondition,
    freeVariables: (text) => new Set(readsOfTemplate(text).map(({ name }) => name)),
    createScope: (parts) => createScope(core, parts),
    filterNames: core.filterNames(),
    testNames: core.testNames(),
  };
}

function readsOfTemplate(text: string): readonly NameReference[] {
  if (!hasTemplateTags(text)) return [];
  return withinStack({ name: 'template', text }, () =>
    statementReferences(parseTemplate(text, 'template').body),
  );
}

/** The reads of an expression, in which parts may be written as `{{ … }}`. */
function readsOfCondition(text: string): readonly NameReference[] {
  const unit = { name: 'expression', text };
  const source = hasTemplateTags(text) ? inlineExpressions(unit) : text;
  if (source === undefined) return readsOfTemplate(text);
  return withinStack(unit, () => expressionReferences(parseBareExpression(source, unit.name).expression));
}

function problemOf(compile: () => unknown): TemplateProblem | undefined {
  try {
    compile();
    return undefined;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const { message, template, line, column } = error;
    return { message, template, line, column };
  }
}
