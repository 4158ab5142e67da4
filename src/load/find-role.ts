import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { didYouMean } from '../lib/suggest.ts';
import { errorDiagnostic } from '../model/diagnostic.ts';
import type { RoleIdentity, RoleReading } from '../model/reuse.ts';

/** Where roles are looked for. */
export interface RoleSearch {
  /** The folder of the playbook, absolute. */
  readonly projectDir: string;
  /** Configured folders of roles, absolute. */
  readonly rolesPath: readonly string[];
  /** Folders that hold `ansible_collections`, absolute. */
  readonly collectionsPath: readonly string[];
  readonly home: string;
  /** Collections in which short names are looked for first. */
  readonly collections?: readonly string[] | undefined;
}

const collectionName = /^[A-Za-z_]\w*\.[A-Za-z_]\w*\.[A-Za-z_][\w.-]*$/;

/** Folders of roles that every project has, after its own. */
export function roleFolders({ projectDir, rolesPath, home }: RoleSearch): string[] {
  const usual =
    rolesPath.length > 0
      ? []
      : [join(home, '.ansible/roles'), '/usr/share/ansible/roles', '/etc/ansible/roles'];
  return [join(projectDir, 'roles'), ...rolesPath, ...usual];
}

/** Folders of collections, those beside the playbook first. */
export function collectionFolders({ projectDir, collectionsPath, home }: RoleSearch): string[] {
  const usual =
    collectionsPath.length > 0 ? [] : [join(home, '.ansible/collections'), '/usr/share/ansible/collections'];
  return [join(projectDir, 'collections'), ...collectionsPath, ...usual].map((folder) =>
    basename(folder) === 'ansible_collections' ? folder : join(folder, 'ansible_collections'),
  );
}

/**
 * Finds a role by its name: in its collection, a short name in the collections to be searched, in the folders of roles, beside the role that names it, beside the
 * playbook, at its path. RB101 with the nearest name where there is none.
 *
 * @param around The roles that name it, innermost first.
 */
export function findRole(name: string, around: readonly RoleIdentity[], search: RoleSearch): RoleReading {
  if (collectionName.test(name) && !name.includes('/')) {
    const found = collectionRoles(name, search).find(isFolder);
    if (found !== undefined) return { role: { name, path: found } };
  }
  const searched = /^[\w-]+$/.test(name) ? (search.collections ?? []) : [];
  for (const collection of searched) {
    const whole = `${collection}.${name}`;
    const found = collectionRoles(whole, search).find(isFolder);
    if (found !== undefined) return { role: { name: whole, path: found } };
  }
  const folders = foldersFor(around, search);
  const written = name.startsWith('~/') ? join(search.home, name.slice(2)) : name;
  const found = folders.map((folder) => resolve(folder, written)).find(isFolder);
  if (found !== undefined) return { role: { name: nameOf(name, around, found), path: found } };
  return { problem: unknownRole(name, folders, search) };
}

/** A role of a collection calls the others of it by their short names. */
function nameOf(name: string, around: readonly RoleIdentity[], path: string): string {
  const parent = around[0];
  const isSibling = parent !== undefined && dirname(parent.path) === dirname(path);
  if (isSibling && collectionName.test(parent.name) && !name.includes('/')) {
    return `${parent.name.split('.').slice(0, 2).join('.')}.${name}`;
  }
  return /[/\\]/.test(name) ? basename(path) : name;
}

function foldersFor(around: readonly RoleIdentity[], search: RoleSearch): string[] {
  const beside = around.map(({ path }) => dirname(path));
  const inCollection = around
    .filter(({ name }) => collectionName.test(name))
    .map(({ path }) => dirname(path));
  return [...new Set([...inCollection, ...roleFolders(search), ...beside, search.projectDir])];
}

function collectionRoles(name: string, search: RoleSearch): string[] {
  const [namespace = '', collection = '', ...role] = name.split('.');
  return collectionFolders(search).map((folder) => join(folder, namespace, collection, 'roles', ...role));
}

function unknownRole(name: string, folders: readonly string[], search: RoleSearch) {
  const known = collectionName.test(name)
    ? namesInCollections(search)
    : folders.slice(0, -1).flatMap(foldersIn);
  return errorDiagnostic('RB101', `no role is named "${name}"${didYouMean(name, known)}`, {
    hint: `looked for it in ${folders.join(', ')}`,
  });
}

function namesInCollections(search: RoleSearch): string[] {
  return collectionFolders(search).flatMap((folder) =>
    foldersIn(folder).flatMap((namespace) =>
      foldersIn(join(folder, namespace)).flatMap((collection) =>
        foldersIn(join(folder, namespace, collection, 'roles')).map(
          (role) => `${namespace}.${collection}.${role}`,
        ),
      ),
    ),
  );
}

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => isFolder(join(folder, name)));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
