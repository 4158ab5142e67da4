import { createStepRunner, type StepRunner } from '../../src/execute/step-runner.ts';
import type { Connections } from '../../src/model/host.ts';
import type { Group, Host, Inventory } from '../../src/model/inventory.ts';
import type { ModuleSpec } from '../../src/model/module.ts';
import type { Place } from '../../src/model/place.ts';
import type { Plan, PlanPlay, PlanStep } from '../../src/model/plan.ts';
import type { Keywords, StepAction } from '../../src/model/playbook.ts';
import type { ConnectionFlags, RunMode } from '../../src/model/run-options.ts';
import type { StepControl, StepOutcome, StepProgress, StepWork } from '../../src/model/step-run.ts';
import type { Value } from '../../src/model/value.ts';
import type { VariableLayer } from '../../src/model/variables.ts';
import { createTemplateEngine } from '../../src/template/engine.ts';
import { fakeConnections } from './fake-connections.ts';

export const at: Place = { file: 'play.yml', line: 1, column: 1, length: 1 };

/** A step as a test writes it: its module and parameters, and further parts of a `PlanStep`. */
export interface StepDraft {
  readonly module?: string;
  readonly params?: Record<string, Value>;
  readonly paramsTemplate?: string;
  readonly name?: string;
  readonly id?: string;
  readonly keywords?: Keywords;
  readonly vars?: Record<string, Value>;
  /** Variables of enclosing blocks, outermost first. */
  readonly layers?: readonly VariableLayer[];
}

export interface HarnessOptions {
  readonly modules: readonly ModuleSpec[];
  readonly connections?: Connections;
  readonly hosts?: readonly (Partial<Host> & { readonly name: string })[];
  readonly groups?: readonly (Partial<Group> & { readonly name: string })[];
  readonly layers?: readonly VariableLayer[];
  readonly play?: Partial<PlanPlay>;
  readonly mode?: Partial<RunMode>;
  readonly flags?: ConnectionFlags;
  readonly file?: string;
  readonly runner?: Partial<Parameters<typeof createStepRunner>[0]>;
}

/** A runner of steps over hosts in memory, and what it did besides. */
export interface Harness {
  readonly runner: StepRunner;
  readonly progress: StepProgress[];
  /** Durations that were waited for, in milliseconds; no time passes. */
  readonly slept: number[];
  /** Forks held at this moment, and the most at once. */
  readonly forks: { held: number; most: number };
  run(draft: StepDraft, work?: Partial<StepWork>, signal?: AbortSignal): Promise<StepOutcome>;
}

export function layerOf(source: VariableLayer['source'], values: Record<string, Value>): VariableLayer {
  return { source, label: source, values };
}

export function createHarness(options: HarnessOptions): Harness {
  const inventory = inventoryOf(options);
  const hosts = [...inventory.hosts.keys()];
  const plan = planOf(options, hosts);
  const slept: number[] = [];
  const progress: StepProgress[] = [];
  const forks = { held: 0, most: 0 };
  const modules = new Map(options.modules.map((spec) => [spec.name, spec]));
  const runner = createStepRunner({
    plan,
    inventory,
    modules,
    connections: options.connections ?? fakeConnections(),
    engine: createTemplateEngine({}),
    mode: { check: false, diff: false, verbosity: 0, forks: 50, ...options.mode },
    flags: options.flags ?? {},
    nowMs: () => 0,
    sleep: async (durationMs, signal) => {
      signal.throwIfAborted();
      slept.push(durationMs);
    },
    ...options.runner,
  });
  const run: Harness['run'] = (draft, work = {}, signal = new AbortController().signal) => {
    const host = work.host ?? hosts[0] ?? 'localhost';
    const control: StepControl = {
      signal,
      fork: async (task) => {
        forks.held++;
        forks.most = Math.max(forks.most, forks.held);
        try {
          return await task();
        } finally {
          forks.held--;
        }
      },
      progress: (one) => progress.push(one),
    };
    const step = stepOf(draft, plan.steps.length);
    const node = {
      id: 0,
      kind: 'instance',
      play: 0,
      batch: 0,
      after: [],
      priority: 1,
      step: step.index,
      host: 0,
    } as const;
    return runner.runStep(
      {
        node,
        step,
        host,
        registerFor: [host],
        playHosts: hosts,
        batchHosts: hosts,
        allPlayHosts: hosts,
        ...work,
      },
      control,
    );
  };
  return { runner, progress, slept, forks, run };
}

export function stepOf(draft: StepDraft, index: number): PlanStep {
  const action: StepAction =
    draft.module === undefined
      ? { type: 'none' }
      : {
          type: 'module',
          module: draft.module,
          written: draft.module,
          params: draft.params ?? {},
          paramsTemplate: draft.paramsTemplate,
          at,
        };
  return {
    index,
    play: 0,
    id: draft.id,
    name: draft.name,
    at,
    section: 'steps',
    action,
    keywords: draft.keywords ?? {},
    layers: [...(draft.layers ?? []), ...(draft.vars === undefined ? [] : [layerOf('step', draft.vars)])],
    rescuable: false,
    places: {},
  };
}

function inventoryOf(options: HarnessOptions): Inventory {
  const hosts = (options.hosts ?? [{ name: 'web1' }, { name: 'web2' }]).map((host) => ({
    settings: {},
    layers: [],
    groups: [],
    ...host,
  }));
  const groups = [{ name: 'all' }, { name: 'ungrouped' }, ...(options.groups ?? [])].map((group) => ({
    hosts: [],
    children: [],
    settings: {},
    layers: [],
    priority: 1,
    ...group,
  }));
  return {
    hosts: new Map(hosts.map((host) => [host.name, host])),
    groups: new Map(groups.map((group) => [group.name, group])),
    defaults: {},
    sources: [],
  };
}

function planOf(options: HarnessOptions, hosts: readonly string[]): Plan {
  const play: PlanPlay = {
    index: 0,
    name: 'Play',
    at,
    dialect: 'native',
    batches: [hosts.map((_, index) => index)],
    strategy: 'free',
    pattern: 'all',
    forceHandlers: false,
    keywords: {},
    layers: [],
    follows: [],
    handlers: [],
    ...options.play,
  };
  return {
    version: 1,
    name: 'Test',
    file: options.file ?? '/project/play.yml',
    dialect: 'native',
    hosts,
    plays: [play],
    steps: [],
    blocks: [],
    nodes: [],
    declarations: { events: {}, semaphores: {}, locks: {}, queues: {}, pools: {}, state: {} },
    eventLinks: [],
    layers: options.layers ?? [],
    warnings: [],
  };
}
