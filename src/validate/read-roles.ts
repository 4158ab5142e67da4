import { dirname } from 'node:path';
import { errorDiagnostic } from '../model/diagnostic.ts';
import type { RawDocument } from '../model/document.ts';
import type { Step } from '../model/playbook.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, placeOf } from './cursor.ts';
import { readRole } from './read-role.ts';
import { readRoleEntry } from './role-entries.ts';
import type { PlayRoles, ReadSteps, StepSource, StepsScope } from './steps-scope.ts';

/** Where the steps of a play stand. */
export function playSource(
  document: RawDocument,
  known: readonly VariableLayer[],
  collections: readonly string[] | undefined,
  { options }: Context,
): StepSource {
  const { reuse } = options;
  const playbookDir = reuse === undefined ? '/' : dirname(reuse.absolute(document.file.path));
  const magic = { source: 'magic', label: 'magic variables', values: { playbook_dir: playbookDir } } as const;
  return {
    dialect: document.dialect,
    playbookDir,
    chain: [],
    known: [...known, magic],
    collections,
    wrap: (handlers) => handlers,
  };
}

/** Reads the roles of a play, in order. Their handlers, variables and names are added to what the play shares. */
export async function readRoles(
  list: Cursor | undefined,
  scope: StepsScope,
  context: Context,
  readSteps: ReadSteps,
): Promise<readonly Step[]> {
  if (!Array.isArray(list?.value)) return [];
  if (context.options.reuse === undefined) {
    context.report(errorDiagnostic('RB101', 'roles cannot be read here', { at: placeOf(list) }));
    return [];
  }
  const steps: Step[] = [];
  for (const index of list.value.keys()) {
    const use = readRoleEntry(childOf(list, index), 'roles', scope.source.known, context);
    const role = use === undefined ? undefined : await readRole(use, scope, context, readSteps);
    if (role === undefined) continue;
    steps.push(role.step);
    if (role.handlers !== undefined) scope.play.roles.handlers.push(role.handlers);
  }
  return steps;
}

/** What the whole play sees of its roles: their defaults and vars, and their names. */
export function roleLayers({ layers, names, dependencies }: PlayRoles): readonly VariableLayer[] {
  if (names.length + layers.length === 0) return [];
  const all = [...new Set([...names, ...dependencies])];
  const values = {
    ansible_play_role_names: names,
    ansible_dependent_role_names: dependencies,
    ansible_role_names: all,
    role_names: all,
  };
  return [...layers, { source: 'magic', label: 'roles of the play', values, templated: false }];
}
