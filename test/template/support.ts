import type { Value } from '../../src/model/value.ts';
import {
  createTemplateEngine,
  defaultSyntax,
  type EngineServices,
  type EngineSettings,
  type Scope,
  type TemplateEngine,
  TemplateError,
} from '../../src/template/engine.ts';

/** An engine and a scope over one layer of data. */
export function engineWith(
  values: Readonly<Record<string, Value>> = {},
  services: EngineServices = {},
  settings: EngineSettings = {},
): { engine: TemplateEngine; scope: Scope } {
  const engine = createTemplateEngine(services, settings);
  const scope = engine.createScope({
    layers: [{ source: 'facts', label: 'test', values, templated: false }],
  });
  return { engine, scope };
}

/** Renders a template over values into text. */
export function renderText(
  text: string,
  values: Readonly<Record<string, Value>> = {},
  services: EngineServices = {},
): string {
  const { engine, scope } = engineWith(values, services);
  const made = engine.render(text, scope, { syntax: { ...defaultSyntax } });
  if (typeof made !== 'string') throw new Error('the result is secret');
  return made;
}

/** Evaluates an expression over values. */
export function evaluate(
  expression: string,
  values: Readonly<Record<string, Value>> = {},
  services: EngineServices = {},
): Value {
  const { engine, scope } = engineWith(values, services);
  return engine.evaluate(expression, scope);
}

/** The template error that a call throws. */
export function templateErrorOf(call: () => unknown): TemplateError {
  try {
    call();
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}
