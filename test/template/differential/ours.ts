import { createFileServices } from '../../../src/execute/file-services.ts';
import { createLookupService } from '../../../src/execute/lookup-context.ts';
import { yamlServices } from '../../../src/load/yaml-service.ts';
import { RunbookError } from '../../../src/model/diagnostic.ts';
import { Float, isValueMap, type Value } from '../../../src/model/value.ts';
import {
  createTemplateEngine,
  defaultSyntax,
  readTemplateHeader,
  type TemplateEngine,
  TemplateError,
} from '../../../src/template/engine.ts';
import { type Case, caseLoader, caseValues } from './cases.ts';

const engine: TemplateEngine = createTemplateEngine(
  {
    ...yamlServices,
    ...createFileServices('/', {}),
    loadTemplate: (name) => (Object.hasOwn(caseLoader, name) ? caseLoader[name] : undefined),
    lookup: createLookupService({ projectDir: '/', env: {}, matchHosts: () => [] }, () => engine),
  },
  { noneText: '', viewsAsLists: true },
);

/** What this engine answers to a case, in the form of the other's answers; an error as its message. */
export function ourAnswer(one: Case): unknown {
  const scope = engine.createScope({
    layers: [{ source: 'facts', label: 'cases', values: caseValues, templated: false }],
  });
  try {
    if (one.kind === 'expression') return tagged(engine.evaluate(one.text, scope));
    if (one.kind === 'play') return engine.render(one.text, scope);
    const { text, syntax, problems } = readTemplateHeader(one.text, {
      ...defaultSyntax,
      trimBlocks: one.whitespace?.trim ?? true,
      lstripBlocks: one.whitespace?.lstrip ?? false,
    });
    if (problems.length > 0) return { error: problems.join('; ') };
    return engine.render(text, scope, { syntax });
  } catch (error) {
    if (error instanceof TemplateError || error instanceof RunbookError) return { error: error.message };
    throw error;
  }
}

/** A value with its type, as the other's answers say them. */
function tagged(value: Value): unknown {
  if (value instanceof Float) return { float: pythonFloat(value.value) };
  if (typeof value === 'bigint') return { int: String(value) };
  if (typeof value === 'number') return Number.isInteger(value) ? value : { float: pythonFloat(value) };
  if (Array.isArray(value)) return value.map((item: Value) => tagged(item));
  if (value instanceof Map) return { dict: [...value].map((pair: readonly Value[]) => pair.map(tagged)) };
  if (isValueMap(value)) return { dict: Object.entries(value).map(([key, item]) => [key, tagged(item)]) };
  return value;
}

function pythonFloat(value: number): string {
  // The engine's own text of a number is compared by other cases.
  const text = engine.render(
    '{{ n }}',
    engine.createScope({
      layers: [{ source: 'facts', label: 'n', values: { n: new Float(value) }, templated: false }],
    }),
  );
  return String(text);
}

/** Whether two answers are the same; of errors only that they are errors. */
export function isSame(theirs: unknown, ours: unknown): boolean {
  if (isError(theirs) || isError(ours)) return isError(theirs) && isError(ours);
  return JSON.stringify(theirs) === JSON.stringify(ours);
}

function isError(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'error' in answer;
}
