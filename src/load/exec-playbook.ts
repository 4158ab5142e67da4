import { type Diagnostic, RunbookError } from '../model/diagnostic.ts';
import type { LoadedPlaybook, RawDocument } from '../model/document.ts';
import type { ExecRequest } from '../model/project.ts';
import { Unsafe, type Value } from '../model/value.ts';
import { emptyMapping } from './mapping.ts';
import { readYaml } from './yaml.ts';

const place = 'command line';

/** An ad hoc command as a playbook of one step, made without its text: only parameters written as JSON are read. */
export function loadExecPlaybook(exec: ExecRequest): LoadedPlaybook {
  const hosts = [...(exec.pattern === undefined ? [] : [exec.pattern]), ...exec.groups, ...exec.hosts];
  const { params, diagnostics } = paramsOf(exec);
  const play = mapping({
    name: 'exec',
    hosts: hosts.join(','),
    gather_facts: false,
    steps: [mapping({ [exec.module]: params })],
  });
  const main: RawDocument = {
    file: { path: place, text: '' },
    dialect: 'native',
    value: mapping({ name: 'exec', plays: [play] }),
    locate: () => ({ file: place, line: 1, column: 1, length: 1 }),
  };
  return { main: diagnostics.length === 0 ? main : undefined, imports: [], files: [], diagnostics };
}

/** The text of a shell command is the user's own, `{{ }}` in it too; parameters of a module are templates. */
function paramsOf({ module, args }: ExecRequest): { params: Value; diagnostics: readonly Diagnostic[] } {
  if (module === 'shell') return { params: mapping({ cmd: new Unsafe(args) }), diagnostics: [] };
  if (!args.trimStart().startsWith('{')) return { params: args, diagnostics: [] };
  const { document, diagnostics } = readYaml({ path: place, text: args }, { dialect: 'native' });
  return { params: document?.value ?? null, diagnostics };
}

function mapping(entries: Readonly<Record<string, Value>>): Value {
  return Object.assign(emptyMapping(), entries);
}

/** A failure to read an ad hoc command, without places: the user wrote no file, so they would only mislead. */
export function withoutExecPlaces(error: unknown): unknown {
  if (!(error instanceof RunbookError)) return error;
  const stripped = error.diagnostics.map(({ at, related: _, ...rest }) =>
    at?.file === place ? rest : { at, ...rest },
  );
  return new RunbookError(stripped, { cause: error });
}
