import { dirname, join } from 'node:path';
import type { RoleIdentity, StepOrigin } from '../model/reuse.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { StepSource } from './steps-scope.ts';

/** The origin of steps in a file of a role, or of none. @param playbookDir Of the playbook that brings them, absolute. */
export function originOf(file: string, roles: readonly RoleIdentity[], playbookDir: string): StepOrigin {
  const folders = [...roles.map((role) => role.path), dirname(file), playbookDir];
  return { file, folders: [...new Set(folders)], roles };
}

/** Where a task file is looked for: beside the file that names it, in its role, in the playbook's `tasks`, beside the playbook. */
export function taskFolders(
  { origin, playbookDir }: Pick<StepSource, 'origin' | 'playbookDir'>,
  kind: 'step' | 'handler',
): string[] {
  const role = origin?.roles[0];
  const folders = [
    ...(origin === undefined ? [] : [dirname(origin.file)]),
    ...(role === undefined
      ? []
      : [...(kind === 'handler' ? [join(role.path, 'handlers')] : []), join(role.path, 'tasks'), role.path]),
    ...(kind === 'handler' ? [join(playbookDir, 'handlers')] : []),
    join(playbookDir, 'tasks'),
    playbookDir,
  ];
  const first = origin === undefined ? [playbookDir] : [];
  return [...new Set([...first, ...folders])];
}

/** The magic variables of steps in a file: their role, and where they look for sources. */
export function originLayer({ roles, folders }: StepOrigin, playbookDir: string): VariableLayer {
  const [role, ...parents] = roles;
  const search = [...new Set([...folders, playbookDir])];
  const names = role === undefined ? {} : roleVariables(role, parents);
  return {
    source: 'magic',
    label: 'magic variables',
    values: { ...names, ansible_search_path: search },
    templated: false,
  };
}

function roleVariables(role: RoleIdentity, parents: readonly RoleIdentity[]): VariableLayer['values'] {
  const parts = role.name.split('.');
  const isOfCollection = parts.length > 2;
  return {
    role_path: role.path,
    role_name: isOfCollection ? parts.slice(2).join('.') : role.name,
    ansible_role_name: role.name,
    ...(isOfCollection && { ansible_collection_name: parts.slice(0, 2).join('.') }),
    ansible_parent_role_names: parents.map(({ name }) => name),
    ansible_parent_role_paths: parents.map(({ path }) => path),
  };
}
