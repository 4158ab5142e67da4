import { RunbookError } from '../model/diagnostic.ts';
import type { LoadedPlaybook } from '../model/document.ts';
import type { ExecRequest } from '../model/project.ts';
import { readYaml } from './yaml.ts';

const place = 'command line';

/** An ad hoc command as a playbook of one step. */
export function loadExecPlaybook(exec: ExecRequest): LoadedPlaybook {
  const text = execPlaybookText({
    hosts: [...(exec.pattern === undefined ? [] : [exec.pattern]), ...exec.groups, ...exec.hosts],
    module: exec.module,
    args: exec.args,
    // The text of a shell command is the user's own, `{{ }}` in it too; parameters of a module are templates.
    templated: exec.module !== 'shell',
  });
  const { document, diagnostics } = readYaml({ path: place, text }, { dialect: 'native' });
  return { main: document, imports: [], files: [], diagnostics };
}

/** A failure to read an ad hoc command, without places: the user wrote no file, so they would only mislead. */
export function withoutExecPlaces(error: unknown): unknown {
  if (!(error instanceof RunbookError)) return error;
  const stripped = error.diagnostics.map(({ at, related: _, ...rest }) =>
    at?.file === place ? rest : { at, ...rest },
  );
  return new RunbookError(stripped, { cause: error });
}

/** What an ad hoc command is made of. */
export interface ExecParts {
  /** Patterns; their union is taken. */
  readonly hosts: readonly string[];
  readonly module: string;
  readonly args: string;
  /** Whether the arguments are a module's (`k=v` words or JSON, with templates) or the text of a command, as it is. */
  readonly templated: boolean;
}

/** The text of a native playbook of one step, which says what an ad hoc command does. JSON is YAML. */
export function execPlaybookText({ hosts, module, args, templated }: ExecParts): string {
  const isMapping = templated && args.trimStart().startsWith('{');
  const text = JSON.stringify(args);
  const params = isMapping ? args : templated ? text : `{cmd: !unsafe ${text}}`;
  return [
    'name: exec',
    'plays:',
    '  - name: exec',
    `    hosts: ${JSON.stringify(hosts.join(','))}`,
    '    gather_facts: false',
    '    steps:',
    `      - ${JSON.stringify(module)}: ${params}`,
    '',
  ].join('\n');
}
