import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { prepare } from '../../src/engine.ts';
import { type Diagnostic, RunbookError } from '../../src/model/diagnostic.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { ProjectRequest } from '../../src/model/project.ts';

/** A project of playbooks, task files and roles in a folder of its own. */
export interface RoleProject {
  readonly folder: string;
  /** Compiles `site.yml`. */
  plan(request?: Partial<ProjectRequest>): Promise<Plan>;
  /** What is wrong with `site.yml`, each as `file:line:column code message`. */
  problems(request?: Partial<ProjectRequest>): Promise<readonly string[]>;
  /** What is told of `site.yml` although it can be run, in the same form. */
  warnings(): Promise<readonly string[]>;
  remove(): void;
}

/** Writes files below a new temporary folder. */
export function plantProject(files: Readonly<Record<string, string>>): RoleProject {
  const folder = mkdtempSync(join(tmpdir(), 'roles-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const prepared = (request: Partial<ProjectRequest> = {}) =>
    prepare('site.yml', {
      cwd: folder,
      env: { HOME: folder, ...request.env },
      inventory: [],
      extraVars: request.extraVars ?? [],
      selection: { tags: [], skipTags: [], assumeSet: [], ...request.selection },
    });
  return {
    folder,
    plan: async (request) => (await prepared(request)).plan,
    problems: async (request) => {
      try {
        await prepared(request);
        return [];
      } catch (error) {
        if (error instanceof RunbookError)
          // That there is no inventory is no mistake here.
          return error.diagnostics.filter(({ code }) => code !== 'RB126').map(shown);
        throw error;
      }
    },
    warnings: async () => (await prepared()).warnings.filter(({ code }) => code !== 'RB126').map(shown),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function shown({ at, code, message }: Diagnostic): string {
  return `${at === undefined ? '-' : `${at.file}:${at.line}:${at.column}`} ${code} ${message}`;
}
