import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RoleSearch } from './find-role.ts';
import { inRoles } from './library.ts';
import { displayPath } from './source-file.ts';

/** Folders of Ansible's own plug-ins, and what those in them would do. */
const kinds: Readonly<Record<string, string>> = {
  action_plugins: 'a module that acts on the controller',
  filter_plugins: 'filters',
  test_plugins: 'tests',
  lookup_plugins: 'a lookup',
  callback_plugins: 'an output',
  connection_plugins: 'a way to connect',
  strategy_plugins: 'an order of steps',
  vars_plugins: 'variables',
  inventory_plugins: 'an inventory',
  cache_plugins: 'a store of facts',
};

/** A file in Python that Ansible would load into itself. */
export interface ControllerPlugin {
  /** As the user would type it. */
  readonly shownPath: string;
  /** What it would give, in words. */
  readonly gives: string;
}

/** The plug-ins beside a playbook and in the roles of its project. This program is not written in Python and loads none. */
export function findControllerPlugins(
  search: RoleSearch & { readonly cwd: string },
): readonly ControllerPlugin[] {
  return Object.entries(kinds).flatMap(([kind, gives]) =>
    [join(search.projectDir, kind), ...inRoles(search, kind)]
      .flatMap(pythonFiles)
      .map((path) => ({ shownPath: displayPath(path, search.cwd), gives })),
  );
}

function pythonFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.py') && !name.startsWith('__'))
    .sort()
    .map((name) => join(folder, name));
}
