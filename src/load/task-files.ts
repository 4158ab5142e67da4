import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { projectRootOf } from '../lib/project-root.ts';
import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { ReuseFiles } from '../model/reuse.ts';
import { createDocumentReader } from './document-reader.ts';
import { findRole, type RoleSearch, roleFolders } from './find-role.ts';
import { isInside, realOrSame } from './real-path.ts';
import { createRoleParts } from './role-parts.ts';
import { displayPath, unreadable } from './source-file.ts';
import type { Decrypt } from './vault-file.ts';

/** How task files and roles are read. */
export interface ReuseOptions extends RoleSearch {
  /** The directory that paths are shown relative to. */
  readonly cwd: string;
  readonly decrypt?: Decrypt | undefined;
}

/**
 * Reads the task files and roles of a project, each file once for a dialect. A task file must lie, links followed, in
 * the project (the nearest folder above the playbook with `.git` or settings), in a role that was found, or in a
 * configured folder of roles: RB112.
 */
export function createReuseFiles(options: ReuseOptions): ReuseFiles {
  const { cwd, projectDir } = options;
  const read = createDocumentReader(options);
  const allowed = new Set([projectRootOf(projectDir), ...roleFolders(options)]);
  const parts = createRoleParts({ cwd, decrypt: options.decrypt, read });
  return {
    ...parts,
    projectDir,
    absolute: (shown) => resolve(cwd, shown),
    role: async (name, around, { playbookDir, collections }) => {
      const found = findRole(name, around, { ...options, projectDir: playbookDir, collections });
      if (found.role !== undefined) allowed.add(found.role.path);
      return found;
    },
    taskFile: async (name, folders, dialect) => {
      const path = findTaskFile(name, folders);
      if (path === undefined) {
        const diagnostic = await missing(name, folders, cwd);
        return { path: resolve(folders[0] ?? projectDir, name), diagnostics: [diagnostic] };
      }
      const problem = await escapeProblem(path, allowed, projectDir);
      return problem === undefined ? read(path, dialect) : { path, diagnostics: [problem] };
    },
  };
}

function findTaskFile(name: string, folders: readonly string[]): string | undefined {
  const isFile = (path: string) => existsSync(path) && statSync(path).isFile();
  return folders.map((folder) => resolve(folder, name)).find(isFile);
}

/** RB101 with the nearest name in the folders; the folder of a task file comes first in them. */
async function missing(name: string, folders: readonly string[], cwd: string): Promise<Diagnostic> {
  const places = [...new Set(folders.map((folder) => resolve(folder, name)))];
  const first = places[0] ?? name;
  const nearby = places.find((path) => existsSync(dirname(path))) ?? first;
  const problem = await unreadable(nearby, displayPath(nearby, cwd), missingFile());
  const others = places.filter((path) => path !== nearby).map((path) => displayPath(path, cwd));
  return others.length === 0 ? problem : { ...problem, hint: `also looked for ${others.join(', ')}` };
}

function missingFile(): Error {
  return Object.assign(new Error('there is no such file'), { code: 'ENOENT' });
}

async function escapeProblem(
  path: string,
  allowed: ReadonlySet<string>,
  projectDir: string,
): Promise<Diagnostic | undefined> {
  const real = await realOrSame(path);
  for (const folder of allowed) if (isInside(real, await realOrSame(folder))) return undefined;
  const root = projectRootOf(projectDir);
  return errorDiagnostic('RB112', `the file ${real} lies outside the project folder ${root} and its roles`, {
    hint: `move it into the project, or mark the folder above with an empty ${join(root, '..', 'runbook.config.yml')}`,
  });
}
