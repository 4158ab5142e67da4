import { dirname, resolve } from 'node:path';
import { compile } from '../compile/compile.ts';
import { compileTemplates } from '../compile/template-adapter.ts';
import { readSourceIfAny } from '../execute/file-search.ts';
import { readAnsibleConfig } from '../load/ansible-config.ts';
import { loadExecPlaybook, withoutExecPlaces } from '../load/exec-playbook.ts';
import { parseExtraVars } from '../load/extra-vars.ts';
import { loadPlaybook } from '../load/playbook.ts';
import { readSettings, settingsOfEnvironment } from '../load/settings-file.ts';
import { readTextIfAny } from '../load/source-file.ts';
import { yamlServices } from '../load/yaml-service.ts';
import { type Diagnostic, RunbookError, throwErrors } from '../model/diagnostic.ts';
import type { Dialect, LoadedPlaybook } from '../model/document.ts';
import { unknownTargets } from '../model/host-pattern.ts';
import type { Inventory } from '../model/inventory.ts';
import type { ExecRequest, Prepared, Project, ProjectRequest, ProjectSettings } from '../model/project.ts';
import type { VariableLayer } from '../model/variables.ts';
import { createTemplateEngine } from '../template/engine.ts';
import { validatePlaybook } from '../validate/validate-playbook.ts';
import { answerPrompts } from './ask-prompts.ts';
import { keptFacts } from './fact-store.ts';
import { importNames } from './import-names.ts';
import { readInventory } from './inventory.ts';
import { projectCatalogue } from './library.ts';
import { selectionWith, withPlayDefaults } from './settings-defaults.ts';
import { unknownHosts } from './unknown-hosts.ts';
import { validateOptions } from './validate-options.ts';
import { decryptBy, vaultSourcesOf } from './vault.ts';

/**
 * Reads the inventory that holds for a folder.
 *
 * @throws RunbookError with every problem found
 */
export async function prepareInventory(request: ProjectRequest): Promise<Project> {
  const found: Diagnostic[] = [];
  const project = await readProject(request, request.cwd, 'native', found);
  throwErrors(found);
  return { ...project, warnings: found };
}

/**
 * Reads, checks and compiles a playbook. No host is touched, no lookup evaluated; a program is run only where `-i` or
 * the settings name it as the inventory.
 *
 * @throws RunbookError with every problem of every file
 */
export async function prepare(playbook: string, request: ProjectRequest): Promise<Prepared> {
  const loaded = await loadPlaybook(playbook, {
    cwd: request.cwd,
    decrypt: decryptBy(request.vault),
    render: importNames(request),
  });
  return prepareLoaded(loaded, dirname(resolve(request.cwd, playbook)), request);
}

/** Compiles an ad hoc command as a playbook of one step. @throws RunbookError RB301 for an unknown host or group. */
export async function prepareExec(exec: ExecRequest, request: ProjectRequest): Promise<Prepared> {
  const loaded = loadExecPlaybook(exec);
  try {
    const check = (inventory: Inventory) => unknownTargets(exec, inventory);
    return { ...(await prepareLoaded(loaded, request.cwd, request, check)), isAdHoc: true };
  } catch (error) {
    throw withoutExecPlaces(error);
  }
}

async function prepareLoaded(
  loaded: LoadedPlaybook,
  folder: string,
  request: ProjectRequest,
  check: (inventory: Inventory) => readonly Diagnostic[] = () => [],
): Promise<Prepared> {
  const found: Diagnostic[] = [...loaded.diagnostics];
  const engine = createTemplateEngine(yamlServices);
  const dialect = loaded.main?.dialect ?? 'native';
  const project = await readProject(request, folder, dialect, found);
  const imported = importedFolders(loaded, request.cwd);
  const catalogue = projectCatalogue({ settings: project.settings, request, folder, imported }, found);
  const { cwd } = request;
  const reading = validateOptions({ project, request, folder, dialect, engine, modules: catalogue });
  const validation = await validatePlaybook(loaded, reading);
  found.push(...validation.diagnostics, ...check(project.inventory));
  if (validation.playbook === undefined) found.push(...unknownHosts(loaded, project.inventory));
  throwErrors(found);
  if (validation.playbook === undefined) throw new RunbookError(found);
  const sources = { extraVars: project.extraVars, ask: request.ask, engine };
  const answered = await answerPrompts(validation.playbook, sources, found);
  throwErrors(found);
  const compiled = compile(withPlayDefaults(answered, project.settings), project.inventory, {
    selection: selectionWith(request.selection, project.settings),
    extraVars: project.extraVars,
    engine: compileTemplates(engine),
    modules: new Map(
      [...catalogue].map(([name, spec]) => [
        name,
        { rawParams: spec.rawParams, readsFacts: name === 'setup' },
      ]),
    ),
    readTemplate: (src, folders) => readSourceIfAny(src, 'templates', folder, folders),
    readPatternFile: (path) => readTextIfAny(resolve(cwd, path)),
    hasFacts: keptFacts(project, request),
  });
  found.push(...compiled.diagnostics);
  throwErrors(found);
  const { plan } = compiled;
  if (plan === undefined) throw new RunbookError(found);
  // Who asks for this machine alone misses no inventory.
  const onlyLocal = plan.hosts.every((host) => host === 'localhost');
  return {
    ...project,
    plan,
    request,
    warnings: onlyLocal ? found.filter((one) => one.code !== 'RB126') : found,
  };
}

/** The folders of the playbooks that one imports, absolute. */
function importedFolders({ imports }: LoadedPlaybook, cwd: string): readonly string[] {
  return [...new Set(imports.map(({ document }) => dirname(resolve(cwd, document.file.path))))];
}

async function readProject(
  request: ProjectRequest,
  folder: string,
  dialect: Dialect,
  found: Diagnostic[],
): Promise<Omit<Project, 'warnings'>> {
  const { cwd } = request;
  const settings = await projectSettings(request, folder, dialect, found);
  await request.vault?.add(vaultSourcesOf(settings));
  const decrypt = decryptBy(request.vault);
  const inventory = await readInventory(request, settings, folder, found);
  const extraVars: VariableLayer[] = [];
  for (const text of request.extraVars) {
    const extra = await parseExtraVars(text, { cwd, dialect: 'native', decrypt });
    found.push(...extra.diagnostics);
    if (extra.layer !== undefined) extraVars.push(extra.layer);
  }
  return { inventory, settings, extraVars };
}

/** `RUNBOOK_*` variables, over the settings file, over Ansible's own configuration where the playbook is Ansible's. */
async function projectSettings(
  { cwd, env }: ProjectRequest,
  folder: string,
  dialect: Dialect,
  found: Diagnostic[],
): Promise<ProjectSettings> {
  const readings = [
    ...(dialect === 'ansible' ? [await readAnsibleConfig({ cwd, env })] : []),
    await readSettings(folder, cwd),
    settingsOfEnvironment(env, cwd),
  ];
  found.push(...readings.flatMap(({ diagnostics }) => diagnostics));
  return Object.assign({}, ...readings.map(({ settings }) => settings));
}
