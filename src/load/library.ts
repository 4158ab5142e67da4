import { existsSync, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { LibraryModule } from '../model/library.ts';
import { collectionFolders, type RoleSearch, roleFolders } from './find-role.ts';
import { displayPath } from './source-file.ts';

/** Where a project's own modules are looked for. */
export interface LibrarySearch extends RoleSearch {
  /** The directory that paths are shown relative to. */
  readonly cwd: string;
  /** Configured folders of modules and of what they share, absolute. */
  readonly library: readonly string[];
  readonly moduleUtils: readonly string[];
  /** Folders of playbooks that the playbook imports, absolute. */
  readonly imported?: readonly string[] | undefined;
}

/** Endings of files that lie beside modules and are none. */
const otherEndings = new Set(
  ['.pyc', '.pyo', '.ps1', '.psm1', '.cs', '.md', '.txt', '.rst', '.rpm'].concat([
    '.yml',
    '.yaml',
    '.json',
    '.ini',
    '.cfg',
    '.bak',
    '.swp',
    '.orig',
  ]),
);

/**
 * The modules of a project, the one that counts first where several have a name: configured folders, `library` beside
 * the playbook and those that it imports, `library` of roles; then those of collections under their full names.
 */
export function findLibraryModules(search: LibrarySearch): readonly LibraryModule[] {
  const beside = [search.projectDir, ...(search.imported ?? [])].map((folder) => join(folder, 'library'));
  const folders = [...search.library, ...beside, ...inRoles(search, 'library')];
  const own = folders.flatMap((folder) => modulesIn(folder, search.cwd));
  const found = new Map<string, LibraryModule>();
  for (const module of [...own, ...collectionModules(search)])
    if (!found.has(module.name)) found.set(module.name, module);
  return [...found.values()];
}

/** A folder of that name in each role of the project's folders of roles. */
export function inRoles(search: RoleSearch, name: string): readonly string[] {
  return roleFolders(search).flatMap((folder) =>
    namesIn(folder)
      .map((role) => join(folder, role, name))
      .filter(isFolder),
  );
}

function modulesIn(folder: string, cwd: string): readonly LibraryModule[] {
  if (!isFolder(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((file) => {
    const path = join(folder, file);
    const name = moduleName(file);
    return name === undefined || !isFile(path) ? [] : { name, path, shownPath: displayPath(path, cwd) };
  });
}

/** A module's name by its file: an underscore in front tells that it is deprecated. */
function moduleName(file: string): string | undefined {
  const extension = extname(file);
  if (otherEndings.has(extension) || file.includes('__') || file.endsWith('~')) return undefined;
  const name = basename(file, extension).replace(/^_/, '');
  return /^[A-Za-z]\w*$/.test(name) ? name : undefined;
}

function collectionModules(search: RoleSearch & { readonly cwd: string }): readonly LibraryModule[] {
  return collectionFolders(search).flatMap((folder) =>
    namesIn(folder).flatMap((namespace) =>
      namesIn(join(folder, namespace)).flatMap((collection) =>
        modulesIn(join(folder, namespace, collection, 'plugins', 'modules'), search.cwd).map((module) => ({
          ...module,
          name: `${namespace}.${collection}.${module.name}`,
          collection: { namespace, name: collection },
        })),
      ),
    ),
  );
}

function namesIn(folder: string): string[] {
  return existsSync(folder) && isFolder(folder) ? readdirSync(folder).sort() : [];
}

function isFolder(path: string): boolean {
  return statsOf(path)?.isDirectory() === true;
}

function isFile(path: string): boolean {
  return statsOf(path)?.isFile() === true;
}

/** Undefined where nothing can be found, also behind a part of the path that is no folder. */
function statsOf(path: string): Stats | undefined {
  return existsSync(path) ? statSync(path, { throwIfNoEntry: false }) : undefined;
}
