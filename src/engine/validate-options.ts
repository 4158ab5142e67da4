import { dirname, resolve } from 'node:path';
import { compileTemplates } from '../compile/template-adapter.ts';
import { createReuseFiles } from '../load/task-files.ts';
import { findVarsFile } from '../load/vars-file.ts';
import type { Dialect } from '../model/document.ts';
import { hostsByGroup } from '../model/inventory-graph.ts';
import type { ModuleSpec } from '../model/module.ts';
import type { Project, ProjectRequest } from '../model/project.ts';
import type { TemplateEngine } from '../template/engine-types.ts';
import type { ValidateOptions } from '../validate/context.ts';
import { librarySearch } from './library.ts';
import { decryptBy } from './vault.ts';

/** What reading of playbooks, and of task files and roles in the run, needs. */
export interface ReadingRequest {
  readonly project: Pick<Project, 'settings' | 'extraVars' | 'inventory'>;
  readonly request: ProjectRequest;
  /** The folder of the playbook, absolute. */
  readonly folder: string;
  readonly dialect: Dialect;
  readonly engine: TemplateEngine;
  readonly modules: ReadonlyMap<string, ModuleSpec>;
}

/** The options of validation for a project. Task files and roles are read once for all uses of what is given out. */
export function validateOptions({
  project,
  request,
  folder,
  dialect,
  engine,
  modules,
}: ReadingRequest): ValidateOptions {
  const { cwd } = request;
  const { settings, extraVars, inventory } = project;
  const decrypt = decryptBy(request.vault);
  const templates = compileTemplates(engine);
  return {
    modules,
    extraVars,
    checkTemplate: (text) => engine.validate(text),
    readVarsFile: (name, playbook) =>
      findVarsFile(name, dirname(resolve(cwd, playbook)), { cwd, dialect, decrypt }),
    render: (text, variables) =>
      templates.renderNative(text, { ...variables, groups: hostsByGroup(inventory) }),
    reuse: createReuseFiles({ ...librarySearch({ settings, request, folder }), decrypt }),
  };
}
