import { failure } from '../model/diagnostic.ts';
import { inventoryLayers } from '../model/inventory-graph.ts';
import type { PlanStep } from '../model/plan.ts';
import type { StepWork } from '../model/step-run.ts';
import type { Secret, Value } from '../model/value.ts';
import { precedence, type VariableLayer } from '../model/variables.ts';
import type { TemplateEngine } from '../template/engine-types.ts';
import { LazyMapping } from '../template/lazy-mapping.ts';
import { omitMark } from '../template/omit.ts';
import type { Scope } from '../template/scope-types.ts';
import { bindScope, type ScopeTools } from './bound-scope.ts';
import type { HostVariables } from './host-variables.ts';
import { createLookupContext, type LookupHost } from './lookup-context.ts';
import type { LookupContext } from './lookups/lookup.ts';
import {
  groupsMagic,
  hostMagic,
  lowestVariables,
  type MagicSources,
  runMagic,
  stepMagic,
} from './magic-variables.ts';
import { createLayerReader, type Decrypt } from './readable-layer.ts';
import type { Redactor } from './redact.ts';
import type { StepScope } from './step-scope-port.ts';
import { type ReadVarsFile, readDynamicVarsFiles } from './vars-files.ts';

/** What the scopes of steps are made from. */
export interface ScopeSources extends MagicSources, LookupHost {
  readonly engine: TemplateEngine;
  readonly variables: HostVariables;
  readonly redactor: Redactor;
  readonly readVarsFile: ReadVarsFile | undefined;
  readonly decrypt: Decrypt;
}

/** Makes the scopes of a run's steps. Making one costs a list of layers; a name costs something when it is read. */
export interface StepScopes {
  /** Reads `vars_files` with templated names, once for a host and play; undefined when there are none left to read. */
  prepare(work: StepWork): Promise<void> | undefined;
  /** The scope of a step as a host has it. */
  scope(work: StepWork, host: string): StepScope;
  /** The layers that connections of a host are read from: all but what a scope adds for reading. */
  connectionLayers(work: StepWork, host: string): readonly VariableLayer[];
  lookupContext(scope: StepScope): LookupContext;
  isOmitted(value: Value): boolean;
}

/** The layers of a host in a play, divided where a step's own come in. */
interface HostInPlay {
  readonly below: readonly VariableLayer[];
  readonly above: readonly VariableLayer[];
}

const firstOfStep = precedence.indexOf('block');
const lastOfStep = precedence.indexOf('step');

/** Makes the scopes of a run. */
export function createStepScopes(sources: ScopeSources): StepScopes {
  const { plan, inventory, engine, variables, redactor, mode } = sources;
  const readable = createLayerReader(sources.decrypt, redactor.add);
  const everywhere = magicLayer({ ...runMagic(sources), groups: groupsMagic(inventory) });
  const lowest = memoized((host) =>
    layer('role-defaults', 'connection settings', lowestVariables(inventory, host)),
  );
  const ofHost = memoized((host) => hostOnlyLayers(sources, readable, everywhere, host));
  const dynamic = new Map<string, readonly VariableLayer[]>();
  const inPlay = memoized((key: string) => {
    const { play, host } = splitKey(key);
    const layers = [...(plan.plays[play]?.layers ?? []).map(readable), ...(dynamic.get(key) ?? [])];
    return divided([...ofHost(host), ...layers]);
  });
  const magic = { hostvars: () => hostvars() };
  const hostvars = () =>
    new LazyMapping({
      get: (host) => {
        if (!inventory.hosts.has(host)) return undefined;
        const scope = engine.createScope({ layers: inOrder([lowest(host), ...ofHost(host)]), magic });
        return new LazyMapping({
          get: (name) => scope.get(name),
          keys: () => scope.names(),
          has: (name) => scope.has(name),
        });
      },
      keys: () =>
        [...inventory.hosts.values()].filter((host) => host.implicit !== true).map((host) => host.name),
      has: (host) => inventory.hosts.has(host),
    });
  const tools: ScopeTools = {
    engine,
    reveal: (secret: Secret) => redactor.reveal(secret),
    takeUnknownRead: mode.check ? variables.takeUnknownRead : undefined,
  };
  const layersOf = (work: StepWork, host: string) => {
    const found = inPlay(keyOf(work.step.play, host));
    return withStep(found, work.step, readable);
  };
  const templateScope = (work: StepWork, host: string): Scope => {
    const play = plan.plays[work.step.play];
    const layers = [lowest(host), ...layersOf(work, host), magicLayer(stepMagic(work, play))];
    return engine.createScope({ layers, magic });
  };
  const scope = (work: StepWork, host: string) => bindScope(tools, templateScope(work, host));
  return {
    scope,
    connectionLayers: layersOf,
    isOmitted: (value) => value === omitMark,
    lookupContext: (stepScope) => createLookupContext(sources, stepScope),
    prepare: (work) => {
      const entries = plan.plays[work.step.play]?.dynamicVarsFiles;
      const key = keyOf(work.step.play, work.host);
      if (entries === undefined || entries.length === 0 || dynamic.has(key)) return undefined;
      // Names of files are made from facts, which this step is about to gather.
      if (work.step.section === 'facts') return undefined;
      return readInto(dynamic, key, entries, scope(work, work.host), sources).then(() => inPlay.forget(key));
    },
  };
}

async function readInto(
  dynamic: Map<string, readonly VariableLayer[]>,
  key: string,
  entries: readonly Value[],
  scope: StepScope,
  sources: ScopeSources,
): Promise<void> {
  if (sources.readVarsFile === undefined)
    throw failure('RB132', 'vars_files with templates in their names cannot be read here');
  dynamic.set(key, await readDynamicVarsFiles(entries, scope, sources.projectDir, sources.readVarsFile));
}

function hostOnlyLayers(
  sources: ScopeSources,
  readable: (layer: VariableLayer) => VariableLayer,
  everywhere: VariableLayer,
  host: string,
): readonly VariableLayer[] {
  const { facts, registered } = sources.variables.state(host);
  return [
    ...inventoryLayers(sources.inventory, host).map(readable),
    facts,
    ...sources.plan.layers.map(readable),
    registered,
    everywhere,
    magicLayer(hostMagic(sources.inventory, host)),
  ];
}

function layer(
  source: VariableLayer['source'],
  label: string,
  values: VariableLayer['values'],
): VariableLayer {
  return { source, label, values };
}

function magicLayer(values: VariableLayer['values']): VariableLayer {
  return { source: 'magic', label: 'magic variables', values, templated: false };
}

function rankOf({ source }: VariableLayer): number {
  return precedence.indexOf(source);
}

/** Layers by precedence. Those of one rank keep their order. */
function inOrder(layers: readonly VariableLayer[]): VariableLayer[] {
  return [...layers].sort((a, b) => inventoryLast(a) - inventoryLast(b));
}

/** The rank of a layer; those of the inventory are in order among themselves already. */
function inventoryLast(one: VariableLayer): number {
  return rankOf(one) * 2 + (one.beside === 'playbook' ? 1 : 0);
}

function divided(layers: readonly VariableLayer[]): HostInPlay {
  const sorted = inOrder(layers);
  const cut = sorted.findIndex((one) => rankOf(one) >= firstOfStep);
  const at = cut === -1 ? sorted.length : cut;
  return { below: sorted.slice(0, at), above: sorted.slice(at) };
}

function withStep(
  { below, above }: HostInPlay,
  step: PlanStep,
  readable: (layer: VariableLayer) => VariableLayer,
): readonly VariableLayer[] {
  if (step.layers.length === 0) return [...below, ...above];
  const own = step.layers.map(readable);
  const all = [...below, ...own, ...above];
  const isBetween = (one: VariableLayer) => rankOf(one) >= firstOfStep && rankOf(one) <= lastOfStep;
  return own.every(isBetween) ? all : inOrder(all);
}

function keyOf(play: number, host: string): string {
  return `${play}\0${host}`;
}

function splitKey(key: string): { play: number; host: string } {
  const at = key.indexOf('\0');
  return { play: Number(key.slice(0, at)), host: key.slice(at + 1) };
}

interface Memoized<T> {
  (key: string): T;
  forget(key: string): void;
}

function memoized<T>(make: (key: string) => T): Memoized<T> {
  const known = new Map<string, T>();
  const get = (key: string) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = make(key);
    known.set(key, made);
    return made;
  };
  return Object.assign(get, { forget: (key: string) => void known.delete(key) });
}
