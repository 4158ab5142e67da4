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
