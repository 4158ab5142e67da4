/** What an ad hoc command is made of. */
export interface ExecParts {
  /** Patterns; their union is taken. */
  readonly hosts: readonly string[];
  readonly module: string;
  readonly args: string;
  /** Whether `{{ }}` in the arguments is a template. */
  readonly templated: boolean;
}

/** The text of a native playbook of one step, which says what an ad hoc command does. JSON is YAML. */
export function execPlaybookText({ hosts, module, args, templated }: ExecParts): string {
  const json = args.trimStart().startsWith('{') && templated;
  const params = json ? args : `${templated ? '' : '!unsafe '}${JSON.stringify(args)}`;
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
