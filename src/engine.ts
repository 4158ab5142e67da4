import { randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { compile } from './compile/compile.ts';
import { expand, expandLoop } from './compile/expand.ts';
import { type GraphFormat, renderGraph } from './compile/render-graph.ts';
import { compileTemplates } from './compile/template-adapter.ts';
import { createMemoryCoordinator } from './coordinate/memory-coordinator.ts';
import { createUserClaims } from './coordinate/user-claims.ts';
import type { DemoFleet } from './demo/fleet.ts';
import { readSourceIfAny } from './execute/file-search.ts';
import { createFileServices } from './execute/file-services.ts';
import { createLookupService } from './execute/lookup-context.ts';
import { createStepRunner } from './execute/step-runner.ts';
import { identityOf, isAlive } from './journal/process-identity.ts';
import { openRunControl, type RunControl } from './journal/run-control.ts';
import { systemClock } from './lib/clock.ts';
import { loadExecPlaybook, withoutExecPlaces } from './load/exec-playbook.ts';
import { parseExtraVars } from './load/extra-vars.ts';
import { inventorySources } from './load/find-inventory.ts';
import { loadInventory } from './load/inventory.ts';
import { loadPlaybook } from './load/playbook.ts';
import { readSettings } from './load/settings-file.ts';
import { readTextIfAny } from './load/source-file.ts';
import { findVarsFile, readVarsLayer } from './load/vars-file.ts';
import { yamlServices } from './load/yaml-service.ts';
import { type Diagnostic, RunbookError, throwErrors, warningDiagnostic } from './model/diagnostic.ts';
import type { LoadedPlaybook } from './model/document.ts';
import { selectHosts, unknownTargets } from './model/host-pattern.ts';
import type { Inventory } from './model/inventory.ts';
import { leftItemNotices } from './model/left-items.ts';
import type { ModuleSpec } from './model/module.ts';
import type { Plan } from './model/plan.ts';
import type {
  ExecRequest,
  Prepared,
  Project,
  ProjectRequest,
  RunRequest,
  RunResult,
} from './model/project.ts';
import { describeRun } from './model/run-description.ts';
import type { RunEnd } from './model/run-record.ts';
import type { VariableLayer } from './model/variables.ts';
import { modules } from './modules/index.ts';
import { shellLibrary } from './modules/shared/shell-library.ts';
import { createTemplateEngine } from './template/engine.ts';
import type { TemplateEngine } from './template/engine-types.ts';
import { validatePlaybook } from './validate/validate-playbook.ts';

export { askRun } from './journal/ask-run.ts';
export { chooseRun, findRuns } from './journal/project-runs.ts';
export type {
  ExecRequest,
  Prepared,
  Project,
  ProjectRequest,
  RunRequest,
  RunResult,
} from './model/project.ts';

/** Every module by its name and its further names. */
export function moduleCatalogue(): ReadonlyMap<string, ModuleSpec> {
  return new Map(
    modules.flatMap((spec) => [spec.name, ...(spec.aliases ?? [])].map((name) => [name, spec] as const)),
  );
}

/** The graph of a plan as text. */
export function graphText(plan: Plan, format: GraphFormat): string {
  return renderGraph(plan, format);
}

/** Starts the embedded fleet of `runbook demo`. */
export async function startDemo(webHosts: number): Promise<DemoFleet> {
  const { startDemoFleet } = await import('./demo/fleet.ts');
  return startDemoFleet({ webHosts });
}

/**
 * Reads the inventory that holds for a folder.
 *
 * @throws RunbookError with every problem found
 */
export async function prepareInventory(request: ProjectRequest): Promise<Project> {
  const found: Diagnostic[] = [];
  const project = await readProject(request, request.cwd, found);
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
  const loaded = await loadPlaybook(playbook, { cwd: request.cwd });
  return prepareLoaded(loaded, dirname(resolve(request.cwd, playbook)), request);
}

/** Compiles an ad hoc command as a playbook of one step. @throws RunbookError RB301 for an unknown host or group. */
export async function prepareExec(exec: ExecRequest, request: ProjectRequest): Promise<Prepared> {
  const loaded = loadExecPlaybook(exec);
  try {
    return await prepareLoaded(loaded, request.cwd, request, (inventory) => unknownTargets(exec, inventory));
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
  const project = await readProject(request, folder, found);
  const catalogue = moduleCatalogue();
  const { cwd } = request;
  const dialect = loaded.main?.dialect ?? 'native';
  const validation = await validatePlaybook(loaded, {
    modules: catalogue,
    extraVars: project.extraVars,
    checkTemplate: (text) => engine.validate(text),
    readVarsFile: (name, playbook) => findVarsFile(name, dirname(resolve(cwd, playbook)), { cwd, dialect }),
  });
  found.push(...validation.diagnostics, ...check(project.inventory));
  throwErrors(found);
  if (validation.playbook === undefined) throw new RunbookError(found);
  const compiled = compile(validation.playbook, project.inventory, {
    selection: request.selection,
    extraVars: project.extraVars,
    engine: compileTemplates(engine),
    modules: new Map(
      [...catalogue].map(([name, spec]) => [
        name,
        { rawParams: spec.rawParams, readsFacts: name === 'setup' },
      ]),
    ),
    readTemplate: (src) => readSourceIfAny(src, 'templates', folder),
    readPatternFile: (path) => readTextIfAny(resolve(cwd, path)),
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

async function readProject(
  request: ProjectRequest,
  folder: string,
  found: Diagnostic[],
): Promise<Omit<Project, 'warnings'>> {
  const { cwd, env } = request;
  const reading = await readSettings(folder, cwd);
  found.push(...reading.diagnostics);
  const { sources, chosen } = inventorySources(
    folder,
    request.inventory,
    env['RUNBOOK_INVENTORY'],
    reading.settings.inventory,
  );
  if (sources.length === 0) {
    found.push(
      warningDiagnostic('RB126', 'only localhost is known', {
        hint: 'name one with -i, or put inventory.yml beside the playbook',
      }),
    );
  }
  const home = env['HOME'] ?? '/';
  const loaded = await loadInventory(sources, {
    cwd,
    home,
    runPrograms: chosen,
    projectDir: folder,
  });
  found.push(...loaded.diagnostics);
  const extraVars: VariableLayer[] = [];
  for (const text of request.extraVars) {
    const extra = await parseExtraVars(text, { cwd, dialect: 'native' });
    found.push(...extra.diagnostics);
    if (extra.layer !== undefined) extraVars.push(extra.layer);
  }
  return { inventory: loaded.inventory, settings: reading.settings, extraVars };
}

/** Carries out a plan. Everything opened is closed when it resolves. */
export async function run(prepared: Prepared, request: RunRequest): Promise<RunResult> {
  const { plan, inventory, request: project } = prepared;
  // SSH and the dispatcher are loaded only by commands that run something.
  const { createConnections } = await import('./remote/connections.ts');
  const { schedule } = await import('./schedule/schedule.ts');
  const { createRunWatch } = await import('./schedule/run-watch.ts');
  const { exitCode: exitCodeOf } = await import('./schedule/exit-code.ts');
  const startedAtMs = systemClock.nowMs();
  const runId = `${new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)}-${randomBytes(2).toString('hex')}`;
  const projectDir = dirname(resolve(project.cwd, plan.file));
  const runsIn = request.runsIn ?? projectDir;
  const { emit } = request;
  const warn = (message: string) => emit({ type: 'notice', severity: 'warning', message });
  const coordinator = createMemoryCoordinator({ clock: systemClock });
  const services = {
    ...yamlServices,
    ...createFileServices(projectDir, project.env),
    isEventSet: (event: string) => coordinator.isEventSet(event),
    lookup: createLookupService({ projectDir, env: project.env, matchHosts }, () => engine),
  };
  const engine: TemplateEngine = createTemplateEngine(services, { noneText: '' });
  function matchHosts(pattern: string): readonly string[] {
    return selectHosts(inventory, pattern).hosts;
  }
  const connections = createConnections({
    shellLibrary,
    spoolDir: join(runsIn, '.runbook', 'runs', runId, 'output'),
    knownHostsFiles: request.knownHostsFiles,
    env: project.env,
    onNotice: (host, message) => emit({ type: 'notice', severity: 'warning', host, message }),
  });
  const claims = createUserClaims({ runId, env: project.env, process: identityOf(), isAlive, warn });
  let control: RunControl | undefined;
  let end: RunEnd | undefined;
  try {
    const runner = createStepRunner({
      plan,
      inventory,
      modules: moduleCatalogue(),
      connections,
      engine,
      mode: request.mode,
      flags: request.flags,
      projectDir,
      selection: project.selection,
      readVarsFile: (path) => readVarsLayer(path, { cwd: project.cwd, dialect: plan.dialect }),
      matchHosts,
      env: project.env,
      shared: {
        state: (name) => coordinator.readState(name),
        queueSize: (name) =>
          Object.hasOwn(plan.declarations.queues, name) ? coordinator.queueItems(name).length : undefined,
      },
      ask: request.ask,
    });
    await coordinator.changeState(runner.initialState());
    emit(
      describeRun(plan, {
        runId,
        checkMode: request.mode.check,
        diffMode: request.mode.diff,
        atMs: Date.now(),
      }),
    );
    const names = { runId, playbook: plan.file, checkMode: request.mode.check };
    const watch = createRunWatch(plan, coordinator, { runId, emit, clock: systemClock });
    control = await openRunControl(watch, { ...names, projectDir: runsIn, warn });
    request.observe?.(() => watch.look());
    const result = await schedule(plan, runner.runStep, {
      runId,
      assumeExternal: request.mode.check,
      claims: request.mode.check ? undefined : claims,
      observe: watch.observe,
      forks: request.mode.forks,
      coordinator,
      clock: systemClock,
      emit,
      signal: request.signal,
      killSignal: request.killSignal,
      isOpen: (host) => connections.isOpen(host),
      expand: async ({ work, firstId }) => expandLoop(plan, work.node, await runner.loopItems(work), firstId),
      labelOf: runner.labelOf,
      holds: runner.holds,
      singlePass: request.mode.check,
      expandPass: ({ node, item, firstId }) => expand(plan, node, { items: [item], firstId }),
      collect: ({ node, step, registerFor }) => void runner.endItems(node.id, step, registerFor),
    });
    for (const message of result.internalErrors) warn(`internal error (RB901): ${message}`);
    for (const message of leftItemNotices(result.leftItems, plan, (value) => runner.redactor.value(value)))
      warn(message);
    const exitCode = exitCodeOf(result, { checkExitCode: request.checkExitCode });
    const { outcome, hosts, interrupted, owedHandlers, waitedMs } = result;
    const durationMs = systemClock.nowMs() - startedAtMs;
    end = { outcome, exitCode, hosts, durationMs, interrupted, owedHandlers, waitedMs };
    emit({ type: 'run-finished', runId, ...end });
    return { runId, outcome, exitCode };
  } finally {
    await connections.close();
    await claims.close();
    await control?.close(end);
  }
}
