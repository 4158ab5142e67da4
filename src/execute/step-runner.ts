import type { BlockSeries } from '../model/block-series.ts';
import { failure } from '../model/diagnostic.ts';
import type { FactStore } from '../model/fact-store.ts';
import type { Connections } from '../model/host.ts';
import type { Inventory } from '../model/inventory.ts';
import type { LiveInventory } from '../model/live-inventory.ts';
import type { ControllerFiles, ModuleSpec } from '../model/module.ts';
import type { NodeId, Plan, PlanStep } from '../model/plan.ts';
import type { Condition } from '../model/playbook.ts';
import type { ConnectionFlags, RunMode, Selection } from '../model/run-options.ts';
import type { SharedValues, StateChange } from '../model/step-coordination.ts';
import type { RunStep, StepWork } from '../model/step-run.ts';
import { Secret, type Value, type VaultText } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { Vault } from '../model/vault.ts';
import type { TemplateEngine } from '../template/engine-types.ts';
import { type Ask, askOnce } from './ask-once.ts';
import { blockSeries } from './block-series.ts';
import { createControllerFiles } from './controller-files.ts';
import { executeStep, joinItems } from './execute-step.ts';
import { projectDirectory } from './file-search.ts';
import { createHostAccess } from './host-access.ts';
import { createHostVariables, type HostVariables } from './host-variables.ts';
import { initialState } from './initial-state.ts';
import { conditionsHold, itemsToExpand } from './items-to-expand.ts';
import { createJobResults } from './jobs.ts';
import { loneCommandStep } from './lone-command.ts';
import { loopItems } from './loop-items.ts';
import { plainReader, type ReadPlain } from './plain-file.ts';
import { createPlannedPaths } from './planned-paths.ts';
import { hiddenText } from './publish.ts';
import { createRedactor, type Redactor } from './redact.ts';
import { shortText } from './run-loop.ts';
import type { StepRuntime } from './runtime.ts';
import type { ResultRecord } from './settled.ts';
import { sleepFor } from './sleep.ts';
import { createStepForms } from './step-form.ts';
import { createStepScopes, type ScopeSources } from './step-scope.ts';
import type { ReadVarsFile } from './vars-files.ts';

/** What a run's steps are carried out with. */
export interface StepRunnerOptions {
  readonly plan: Plan;
  readonly inventory: Inventory;
  /** Adds hosts and groups to that inventory. Without it steps that do so fail. */
  readonly live?: LiveInventory | undefined;
  readonly modules: ReadonlyMap<string, ModuleSpec>;
  readonly connections: Connections;
  readonly engine: TemplateEngine;
  readonly mode: RunMode;
  readonly flags: ConnectionFlags;
  /** Keeps facts from run to run; one that holds a secret is not kept. Default: none are. */
  readonly facts?: Pick<FactStore, 'read' | 'write' | 'forget'> | undefined;
  /** Whether `set_fact` leaves texts that say yes or no as they are. Default false. */
  readonly keepsTexts?: boolean | undefined;
  /** Whether the plan is a single command's, which is worth no receipts on its hosts. Default false. */
  readonly isAdHoc?: boolean | undefined;
  /** What was selected, for `ansible_run_tags` and `ansible_limit`. */
  readonly selection?: Selection | undefined;
  /** The directory of the playbook, absolute. Default: that of the plan's file, seen from the working directory. */
  readonly projectDir?: string | undefined;
  /** Reads a `vars_files` entry whose name was a template. Without it such entries fail their steps. */
  readonly readVarsFile?: ReadVarsFile | undefined;
  /** The hosts that a pattern names, for `with_inventory_hostnames` and the lookup of that name. */
  readonly matchHosts?: ((pattern: string) => readonly string[]) | undefined;
  /** Decrypts what is encrypted when it is first read. Without it such values and files fail the steps that read them. */
  readonly vault?: Pick<Vault, 'decrypt'> | undefined;
  /** What templates see of the things that all hosts share. Default: nothing is declared. */
  readonly shared?: SharedValues | undefined;
  /** Secrets to mask in all output from the start. */
  readonly secrets?: Iterable<Secret> | undefined;
  /** Asks the person at the terminal. Without it nobody is there. */
  readonly ask?: Ask | undefined;
  /** Milliseconds of a clock that never goes back. Default `performance.now`. */
  readonly nowMs?: (() => number) | undefined;
  /** Waits; rejects when the signal is aborted. Default: a timer. */
  readonly sleep?: ((durationMs: number, signal: AbortSignal) => Promise<void>) | undefined;
  /** Environment variables of the controller, for lookups. Default those of the process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Carries out the steps of a run, and holds what their hosts came to know. */
export interface StepRunner {
  readonly runStep: RunStep;
  /** The items of a step's loop, rendered for a host; or why the step is skipped. @throws RunbookError RB611 */
  loopItems(work: StepWork): Promise<readonly Value[] | { readonly skip: string }>;
  /** Whether all conditions hold on a host. @throws RunbookError RB611 where one cannot be read */
  holds(work: Omit<StepWork, 'node'>, conditions: readonly Condition[]): Promise<boolean>;
  /** What a block that runs more than once does on a host. */
  seriesOf(work: Omit<StepWork, 'node'>): Promise<BlockSeries>;
  /** An item as it is shown where its step did not run. */
  labelOf(step: PlanStep, item: Value): string;
  /** To be called when the inventory has changed: forgets what was made from it. */
  inventoryChanged(): void;
  /** To be called when the inventory has changed. */
  inventoryChanged(): void;
  /** Lets the steps of a play see further variables on a host: those of a role that was included. */
  expose(play: number, host: string, layers: readonly VariableLayer[]): void;
  /** Ends a parallel loop: registers the results of its items, in their order. */
  endItems(loop: NodeId, step: PlanStep, registerFor: readonly string[]): ResultRecord;
  /** The first values of the state that the playbook declares. @throws RunbookError RB611 where a template fails */
  initialState(): readonly StateChange[];
  readonly variables: HostVariables;
  readonly redactor: Redactor;
}

/** Makes the runner of a run's steps. */
export function createStepRunner(options: StepRunnerOptions): StepRunner {
  const runtime = createRuntime(options);
  const { variables, redactor } = runtime;
  return {
    variables,
    redactor,
    runStep: (work, control) => executeStep(runtime, work, control),
    loopItems: (work) => itemsToExpand(runtime, work),
    holds: (work, conditions) => conditionsHold(runtime, work, conditions),
    seriesOf: (work) => blockSeries(runtime, work),
    labelOf: ({ keywords }, item) =>
      keywords.noLog === undefined || keywords.noLog === false ? redactor.text(shortText(item)) : hiddenText,
    initialState: () => {
      const scope = runtime.runScope();
      return initialState(options.plan.declarations.state, (value) => scope.value(value));
    },
    inventoryChanged: runtime.inventoryChanged,
    expose: runtime.expose,
    endItems: (loop, step, registerFor) => endItems(runtime, loop, step, registerFor),
  };
}

function createRuntime(options: StepRunnerOptions): StepRuntime {
  const { inventory, modules, connections, flags } = options;
  const redactor = createRedactor(options.secrets);
  const variables = createHostVariables(options.facts && withoutSecrets(options.facts, redactor));
  const projectDir = options.projectDir ?? projectDirectory(options.plan.file);
  const readPlain = plainReader(options.vault, redactor);
  const scopes = createStepScopes(scopeSources(options, { variables, redactor, projectDir, readPlain }));
  let revision = 0;
  const access = createHostAccess({
    revision: () => revision,
    inventory,
    connections,
    flags,
    variables,
    redactor,
    loneStep: options.isAdHoc === true ? loneCommandStep(options.plan) : undefined,
    layersOf: scopes.connectionLayers,
    scopeOf: scopes.scope,
  });
  return {
    mode: options.mode,
    keepsTexts: options.keepsTexts === true,
    connections,
    variables,
    redactor,
    moduleNames: modules.keys(),
    formOf: createStepForms(modules),
    dialectOf: (step) => options.plan.plays[step.play]?.dialect ?? 'native',
    prepare: scopes.prepare,
    scope: (work) => scopes.scope(work, work.host),
    runScope: scopes.runScope,
    inventory: options.live,
    readVariables: readVariablesBy(options.readVarsFile),
    includeVariables: scopes.include,
    expose: scopes.expose,
    inventoryChanged: () => {
      scopes.inventoryChanged();
      revision++;
    },
    access,
    files: createFilesOf(projectDir, readPlain),
    loopItems: (loop, scope) => loopItems(loop, scope, scopes.lookupContext(scope), scopes.isOmitted),
    isOmitted: scopes.isOmitted,
    ask: options.ask === undefined ? undefined : askOnce(options.ask),
    sleep: options.sleep ?? sleepFor,
    nowMs: options.nowMs ?? (() => performance.now()),
    shared: options.shared,
    planned: createPlannedPaths(),
    jobs: createJobResults(),
    itemResults: new Map(),
    unknownLoops: new Map(),
  };
}

function withoutSecrets(
  facts: NonNullable<StepRunnerOptions['facts']>,
  redactor: Redactor,
): NonNullable<StepRunnerOptions['facts']> {
  const isPlain = (value: Value) => redactor.value(value) === value;
  return {
    read: (host) => facts.read(host),
    forget: (host) => facts.forget(host),
    write: (host, values) =>
      facts.write(host, Object.fromEntries(Object.entries(values).filter(([, value]) => isPlain(value)))),
  };
}

function readVariablesBy(read: ReadVarsFile | undefined): StepRuntime['readVariables'] {
  return read === undefined ? undefined : async (path) => (await read(path)).values;
}

function scopeSources(
  options: StepRunnerOptions,
  made: Pick<ScopeSources, 'variables' | 'redactor' | 'projectDir' | 'readPlain'>,
): ScopeSources {
  const { plan, inventory, engine, mode, selection, readVarsFile, shared } = options;
  return {
    ...made,
    shared,
    plan,
    inventory,
    engine,
    mode,
    selection,
    readVarsFile,
    keepsTexts: options.keepsTexts === true,
    matchHosts: options.matchHosts ?? (() => []),
    env: options.env ?? process.env,
    decrypt: (text, name) => decryptValue(options.vault, text, name),
  };
}

function decryptValue(vault: StepRunnerOptions['vault'], text: VaultText, name = 'vault'): Secret {
  if (vault !== undefined) return new Secret(vault.decrypt(text.text, text.at).toString('utf8'), name);
  throw failure('RB131', 'an encrypted value is read, but no vault password was given', { at: text.at });
}

function endItems(
  runtime: StepRuntime,
  loop: NodeId,
  step: PlanStep,
  registerFor: readonly string[],
): ResultRecord {
  // An item that was cancelled before its start has left a hole.
  const results = (runtime.itemResults.get(loop) ?? []).filter((one) => one !== undefined);
  runtime.itemResults.delete(loop);
  const result = joinItems(results);
  const { register } = step.keywords;
  const unknown = runtime.unknownLoops.get(loop);
  if (register === undefined) return result;
  for (const host of registerFor) {
    runtime.variables.register(host, register, result);
    if (unknown !== undefined) runtime.variables.markUnknown(host, [register], unknown);
  }
  return result;
}

function createFilesOf(projectDir: string, readPlain: ReadPlain): (step: PlanStep) => ControllerFiles {
  const known = new Map<string, ControllerFiles>();
  return ({ origin }) => {
    const folders = origin?.folders ?? [];
    const key = folders.join('\0');
    const files = known.get(key) ?? createControllerFiles(projectDir, folders, readPlain);
    known.set(key, files);
    return files;
  };
}
