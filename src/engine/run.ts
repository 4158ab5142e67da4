import { randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { expand, expandLoop } from '../compile/expand.ts';
import { openPlay } from '../compile/open-play.ts';
import { createMemoryCoordinator } from '../coordinate/memory-coordinator.ts';
import { createUserClaims } from '../coordinate/user-claims.ts';
import { confirmSteps } from '../execute/confirm-steps.ts';
import { createFileServices } from '../execute/file-services.ts';
import { createLookupService } from '../execute/lookup-context.ts';
import { plainReader } from '../execute/plain-file.ts';
import { createStepRunner } from '../execute/step-runner.ts';
import { identityOf, isAlive } from '../journal/process-identity.ts';
import { openRunControl, type RunControl } from '../journal/run-control.ts';
import { systemClock } from '../lib/clock.ts';
import { readTextIfAny } from '../load/source-file.ts';
import { readVarsLayer } from '../load/vars-file.ts';
import { vaultServices } from '../load/vault-service.ts';
import { yamlServices } from '../load/yaml-service.ts';
import { selectHosts } from '../model/host-pattern.ts';
import { leftItemNotices } from '../model/left-items.ts';
import { openInventory } from '../model/live-inventory.ts';
import { usesPackageDatabase } from '../model/package-database.ts';
import type { Prepared, RunRequest, RunResult } from '../model/project.ts';
import { describeRun } from '../model/run-description.ts';
import { openPlan } from '../model/run-plan.ts';
import type { RunEnd } from '../model/run-record.ts';
import { shellLibrary } from '../modules/shared/shell-library.ts';
import { createTemplateEngine } from '../template/engine.ts';
import type { TemplateEngine } from '../template/engine-types.ts';
import { openFactStore } from './fact-store.ts';
import { createRunIncluder } from './includes.ts';
import { readInventoryAgain } from './inventory.ts';
import { projectCatalogue } from './library.ts';
import { flagsWith } from './settings-defaults.ts';
import { validateOptions } from './validate-options.ts';
import { decryptBy } from './vault.ts';

/** Carries out a plan. Everything opened is closed when it resolves. */
export async function run(prepared: Prepared, request: RunRequest): Promise<RunResult> {
  const { request: project } = prepared;
  const plan = openPlan(prepared.plan);
  let onInventory = (): void => undefined;
  const live = openInventory(prepared.inventory, {
    onChange: () => onInventory(),
    readAgain: () => readInventoryAgain(prepared, dirname(resolve(project.cwd, plan.file))),
  });
  const { inventory } = live;
  const mode = { ...request.mode, forks: request.mode.forks ?? prepared.settings.forks ?? 50 };
  // SSH and the dispatcher are loaded only by commands that run something.
  const { createConnections } = await import('../remote/connections.ts');
  const { schedule } = await import('../schedule/schedule.ts');
  const { createRunWatch } = await import('../schedule/run-watch.ts');
  const { exitCode: exitCodeOf } = await import('../schedule/exit-code.ts');
  const startedAtMs = systemClock.nowMs();
  const runId = `${new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)}-${randomBytes(2).toString('hex')}`;
  const projectDir = dirname(resolve(project.cwd, plan.file));
  const catalogue = projectCatalogue({
    settings: prepared.settings,
    request: project,
    folder: projectDir,
    imported: [...new Set(plan.plays.map(({ at }) => dirname(resolve(project.cwd, at.file))))],
  });
  const runsIn = request.runsIn ?? projectDir;
  const { emit } = request;
  const warn = (message: string) => emit({ type: 'notice', severity: 'warning', message });
  const coordinator = createMemoryCoordinator({ clock: systemClock });
  const services = {
    ...yamlServices,
    ...createFileServices(projectDir, project.env),
    ...vaultServices,
    isEventSet: (event: string) => coordinator.isEventSet(event),
    lookup: createLookupService(
      {
        projectDir,
        env: project.env,
        settings: prepared.settings,
        matchHosts,
        readPlain: plainReader(project.vault),
      },
      () => engine,
    ),
  };
  const engine: TemplateEngine = createTemplateEngine(services, { noneText: '', viewsAsLists: true });
  function matchHosts(pattern: string): readonly string[] {
    return selectHosts(inventory, pattern).hosts;
  }
  const connections =
    request.connections ??
    createConnections({
      shellLibrary,
      spoolDir: join(runsIn, '.runbook', 'runs', runId, 'output'),
      knownHostsFiles: request.knownHostsFiles,
      env: project.env,
      localDirectory: project.cwd,
      onNotice: (host, message) => emit({ type: 'notice', severity: 'warning', host, message }),
    });
  const claims = createUserClaims({ runId, env: project.env, process: identityOf(), isAlive, warn });
  const facts = openFactStore(prepared, project, warn);
  let control: RunControl | undefined;
  let end: RunEnd | undefined;
  try {
    const runner = createStepRunner({
      plan,
      inventory,
      live,
      modules: catalogue,
      connections,
      engine,
      mode,
      flags: flagsWith(request.flags, prepared.settings),
      projectDir,
      isAdHoc: prepared.isAdHoc,
      facts,
      keepsTexts: prepared.settings.jinja2_native,
      selection: project.selection,
      vault: project.vault,
      readVarsFile: (path) =>
        readVarsLayer(path, { cwd: project.cwd, dialect: plan.dialect, decrypt: decryptBy(project.vault) }),
      matchHosts,
      env: project.env,
      shared: {
        state: (name) => coordinator.readState(name),
        queueSize: (name) =>
          Object.hasOwn(plan.declarations.queues, name) ? coordinator.queueItems(name).length : undefined,
      },
      ask: request.ask,
    });
    onInventory = runner.inventoryChanged;
    await coordinator.changeState(runner.initialState());
    emit(
      describeRun(plan, {
        runId,
        checkMode: mode.check,
        diffMode: mode.diff,
        atMs: Date.now(),
      }),
    );
    const names = { runId, playbook: plan.file, checkMode: mode.check };
    const watch = createRunWatch(plan, coordinator, { runId, emit, clock: systemClock });
    control = await openRunControl(watch, { ...names, projectDir: runsIn, warn });
    request.observe?.(() => watch.look());
    const asks = request.confirmSteps === true && request.ask !== undefined;
    const runStep = asks ? confirmSteps(runner.runStep, request.ask) : runner.runStep;
    const result = await schedule(plan, runStep, {
      runId,
      assumeExternal: mode.check,
      claims: mode.check ? undefined : claims,
      observe: watch.observe,
      forks: mode.forks,
      coordinator,
      clock: systemClock,
      emit,
      signal: request.signal,
      killSignal: request.killSignal,
      isOpen: (host) => connections.isOpen(host),
      expand: async ({ work, firstId }) => expandLoop(plan, work.node, await runner.loopItems(work), firstId),
      labelOf: runner.labelOf,
      usesPackages: (step) => usesPackageDatabase(step, catalogue),
      holds: runner.holds,
      seriesOf: runner.seriesOf,
      singlePass: mode.check,
      expandPass: ({ node, item, firstId }) => expand(plan, node, { items: [item], firstId }),
      openPlay: (play, firstId) =>
        openPlay(plan, play, inventory, {
          firstId,
          readPatternFile: (path) => readTextIfAny(resolve(project.cwd, path)),
        }),
      includer: createRunIncluder({
        plan,
        selection: project.selection,
        playbookDir: projectDir,
        engine,
        validate: validateOptions({
          project: prepared,
          request: project,
          folder: projectDir,
          dialect: plan.dialect,
          engine,
          modules: catalogue,
        }),
        expose: runner.expose,
        warn,
      }),
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
    await facts?.settled();
    await claims.close();
    await control?.close(end);
  }
}
