import type { HostRequest, Reply } from '../../src/model/host.ts';
import type { ControllerFiles, ModuleContext } from '../../src/model/module.ts';

/** What a case puts in the place of the engine. */
export interface ContextParts {
  readonly checkMode: boolean;
  readonly files: ControllerFiles;
  send(request: HostRequest): Promise<Reply>;
}

/** A context for a module's run. Templates know `{{ name }}` for one variable: `name` is `world`. */
export function moduleContext(parts: ContextParts): ModuleContext {
  return {
    hostName: 'web1',
    checkMode: parts.checkMode,
    diffMode: true,
    verbosity: 0,
    env: {},
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
    evaluate: (expression) => {
      throw new Error(`${expression} is not evaluated in these cases`);
    },
    holds: (condition) => {
      throw new Error(`${condition} is not decided in these cases`);
    },
    send: parts.send,
    sleep: () => Promise.resolve(),
  };
}
