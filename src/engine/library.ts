import { join, resolve } from 'node:path';
import { findControllerPlugins } from '../load/controller-plugins.ts';
import { findLibraryModules, type LibrarySearch } from '../load/library.ts';
import { readLibraryModule } from '../load/library-source.ts';
import { type Diagnostic, warningDiagnostic } from '../model/diagnostic.ts';
import type { ModuleSpec } from '../model/module.ts';
import type { ProjectRequest, ProjectSettings } from '../model/project.ts';
import { defineLibraryModule } from '../modules/library/library-module.ts';
import { bareModuleName } from '../validate/module-names.ts';
import { moduleCatalogue } from './catalogue.ts';

/** A project whose folders are searched. */
export interface SearchedProject {
  readonly settings: ProjectSettings;
  readonly request: Pick<ProjectRequest, 'cwd' | 'env'>;
  /** The folder of the playbook, absolute. */
  readonly folder: string;
  /** Folders of playbooks that it imports, absolute. */
  readonly imported?: readonly string[] | undefined;
}

/** Where the roles, collections and modules of a project are looked for. */
export function librarySearch({ settings, request, folder, imported }: SearchedProject): LibrarySearch {
  const { cwd, env } = request;
  const home = env['HOME'] ?? '/';
  const pathsOf = (setting: readonly string[] | undefined, variable: string) =>
    setting ?? pathsIn(env[variable], cwd, home);
  return {
    cwd,
    home,
    projectDir: folder,
    imported,
    rolesPath: pathsOf(settings.roles_path, 'ANSIBLE_ROLES_PATH'),
    collectionsPath: pathsOf(settings.collections_path, 'ANSIBLE_COLLECTIONS_PATH'),
    library: pathsOf(settings.library, 'ANSIBLE_LIBRARY'),
    moduleUtils: pathsOf(settings.module_utils, 'ANSIBLE_MODULE_UTILS'),
  };
}

/**
 * Every module by its name: ours, then those that the project brings. A file of the project whose name is one of ours is
 * not used, and a warning says so.
 */
export function projectCatalogue(
  project: SearchedProject,
  found: Diagnostic[] = [],
): ReadonlyMap<string, ModuleSpec> {
  const search = librarySearch(project);
  const catalogue = new Map(moduleCatalogue());
  const own = new Set(catalogue.keys());
  for (const module of findLibraryModules(search)) {
    const isOurs = own.has(bareModuleName(module.name));
    if (!isOurs)
      catalogue.set(
        module.name,
        defineLibraryModule(module, (one) => readLibraryModule(one, search)),
      );
    else if (module.collection === undefined)
      found.push(
        warningDiagnostic('RB216', `${module.shownPath} is not used: runbook has a module "${module.name}"`, {
          hint: 'give the file another name to use it',
        }),
      );
  }
  for (const { shownPath, gives } of findControllerPlugins(search))
    found.push(
      warningDiagnostic('RB216', `${shownPath} is not used: ${gives} in Python cannot be loaded`, {
        hint: 'steps that need it fail when they are reached',
      }),
    );
  return catalogue;
}

function pathsIn(text: string | undefined, cwd: string, home: string): string[] {
  const paths = (text ?? '').split(':').filter((path) => path !== '');
  return paths.map((path) => (path.startsWith('~/') ? join(home, path.slice(2)) : resolve(cwd, path)));
}
