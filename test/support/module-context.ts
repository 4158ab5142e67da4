import type { HostRequest, Reply } from '../../src/model/host.ts';
import type { ControllerFiles, ModuleContext } from '../../src/model/module.ts';
import type { Value } from '../../src/model/value.ts';
import { createTemplateEngine } from '../../src/template/engine.ts';

/** What a case puts in the place of the engine. */
export interface ContextParts {
  readonly checkMode: boolean;
  readonly files: ControllerFiles;
  send(request: HostRequest): Promise<Reply>;
  /** Variables for expressions and conditions. */
  readonly vars?: Readonly<Record<string, Value>> | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** What the person at the terminal types; without it nobody is there. */
  readonly answer?: string | undefined;
}

const engine = createTemplateEngine({});

/** A context for a module's run. Templates know `{{ name }}` for one variable: `name` is `world`. */
export function moduleContext(parts: ContextParts): ModuleContext {
  const { answer, vars = {} } = parts;
  const scope = engine.createScope({
    layers: [{ source: 'play', label: 'play', values: { name: 'world', ...vars } }],
  });
  return {
    hostName: 'web1',
    checkMode: parts.checkMode,
    diffMode: true,
    verbosity: 0,
    env: parts.env ?? {},
    noLog: false,
    signal: new AbortController().signal,
    files: parts.files,
    renderTemplate: (text, options) => {
      const start = options.variableStart ?? '{{';
      const end = options.variableEnd ?? '}}';
      const rendered = text.replaceAll(`${start} name ${end}`, 'world');
      return options.newlineSequence === undefined
        ? rendered
        : rendered.replaceAll('\n', options.newlineSequence);
    },
    evaluate: (expression) => engine.evaluate(expression, scope),
    holds: (condition) => engine.evaluateCondition(condition, scope),
    ask: answer === undefined ? undefined : () => Promise.resolve(answer),
    send: parts.send,
    sleep: () => Promise.resolve(),
  };
}
