import { nearest } from '../lib/suggest.ts';
import { type Diagnostic, warningDiagnostic } from '../model/diagnostic.ts';
import { stepTitle } from '../model/plan.ts';
import { namesReadSurely } from './check-writes.ts';
import type { StepTables } from './folding.ts';
import type { NameReader } from './names-read.ts';
import type { PlayTree } from './play-tree.ts';
import type { RuntimeNames } from './runtime-names.ts';
import type { VariableIndex } from './variable-index.ts';

/** Names that the run itself defines, beside those that begin with `ansible_`. */
const magicNames = new Set(
  (
    'hostvars groups group_names inventory_hostname inventory_hostname_short inventory_dir inventory_file ' +
    'play_hosts playbook_dir role_name role_names role_path omit environment vars state queue pool item ' +
    'lookup query q now undef range dict lipsum cycler joiner namespace loop self caller varargs kwargs ' +
    'true false none True False None template_path template_host template_uid template_fullpath ' +
    'template_destpath template_mtime template_run_date'
  ).split(' '),
);

/** What is known about names. */
export interface NameContext {
  readonly trees: readonly PlayTree[];
  readonly tables: StepTables;
  readonly reader: NameReader;
  readonly index: VariableIndex;
  readonly runtime: RuntimeNames;
}

/** Warns of names that a step reads and nothing defines anywhere. Silent where a file may define any name. */
export function checkNames(context: NameContext): Diagnostic[] {
  if (context.runtime.isOpen) return [];
  const told = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  for (const step of context.tables.steps) {
    for (const name of namesReadSurely(context.reader, step)) {
      if (isDefined(name, context) || told.has(name)) continue;
      told.add(name);
      diagnostics.push(
        warningDiagnostic(
          'RB311',
          `"${stepTitle(step)}" reads "${name}", which nothing defines${guess(name, context)}`,
          {
            at: step.at,
            hint: `define it under \`vars:\`, with \`-e ${name}=...\`, or allow for its absence with \`${name} | default(...)\``,
          },
        ),
      );
    }
  }
  return diagnostics;
}

function isDefined(name: string, { index, runtime }: NameContext): boolean {
  return (
    index.has(name) ||
    runtime.written.has(name) ||
    runtime.loop.has(name) ||
    magicNames.has(name) ||
    name.startsWith('ansible_')
  );
}

function guess(name: string, { index, runtime }: NameContext): string {
  const near = nearest(name, [...index.names(), ...runtime.written]);
  return near === undefined ? '' : ` — did you mean "${near}"?`;
}
