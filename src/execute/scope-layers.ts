import { hostsByGroup, inventoryLayers } from '../model/inventory-graph.ts';
import type { PlanStep } from '../model/plan.ts';
import { precedence, type VariableLayer } from '../model/variables.ts';
import type { HostVariables } from './host-variables.ts';
import { hostMagic, lowestVariables, type MagicSources, runMagic } from './magic-variables.ts';
import { createLayerReader } from './readable-layer.ts';
import type { Decrypt } from './readable-value.ts';
import type { Redactor } from './redact.ts';

/** What the layers of a run's scopes come from. */
export interface LayerSources extends MagicSources {
  readonly variables: HostVariables;
  readonly redactor: Redactor;
}

/** The layers of variables of a run, lowest precedence first. Those of a host are put together once for each play. */
export interface ScopeLayers {
  /** What may be read although nobody sets it: how the host is reached. */
  lowest(host: string): VariableLayer;
  /** All that a step sees on a host but `lowest` and what changes from step to step. */
  ofStep(step: PlanStep, host: string): readonly VariableLayer[];
  /** What of a host does not depend on a play, `lowest` included. */
  ofHost(host: string): readonly VariableLayer[];
  /** What holds for every play and host. */
  ofRun(): readonly VariableLayer[];
  hasDynamic(play: number, host: string): boolean;
  /** Adds layers of `vars_files` that were read for a host at run time. */
  setDynamic(play: number, host: string, layers: readonly VariableLayer[]): void;
  /** Gives a host variables of a file, over those that it was given so before. */
  include(host: string, values: VariableLayer['values']): void;
  /** To be called when the inventory has changed: forgets what was made from it. */
  inventoryChanged(): void;
  /** Adds layers that became known in the run, above those of their source that are there. */
  addDynamic(play: number, host: string, layers: readonly VariableLayer[]): void;
}

/** The layers of a host in a play, divided where a step's own come in. */
interface HostInPlay {
  readonly below: readonly VariableLayer[];
  readonly above: readonly VariableLayer[];
}

type Readable = (layer: VariableLayer) => VariableLayer;

const firstOfStep = precedence.indexOf('block');
const lastOfStep = precedence.indexOf('step');

/** Makes the layers of a run. */
export function createScopeLayers(sources: LayerSources, decrypt: Decrypt): ScopeLayers {
  const { plan, inventory, redactor } = sources;
  const readable = createLayerReader(decrypt, redactor.add);
  let magic: VariableLayer | undefined;
  const everywhere = () => (magic ??= magicLayer({ ...runMagic(sources), groups: hostsByGroup(inventory) }));
  const dynamic = new Map<string, readonly VariableLayer[]>();
  const added = new Map<string, readonly VariableLayer[]>();
  const lowest = memoized((host) => ({
    source: 'role-defaults' as const,
    label: 'connection settings',
    values: lowestVariables(inventory, host),
  }));
  const included = new Map<string, VariableLayer>();
  const ofHost = memoized((host) => {
    const own = included.get(host);
    const all = hostLayers(sources, readable, everywhere(), host);
    return own === undefined ? all : [...all, readable(own)];
  });
  const inPlay = memoized((key) => {
    const { play, host } = splitKey(key);
    const ofPlay = (plan.plays[play]?.layers ?? []).map(readable);
    return divided([...ofHost(host), ...ofPlay, ...(dynamic.get(key) ?? []), ...(added.get(key) ?? [])]);
  });
  return {
    lowest,
    ofStep: (step, host) => withStep(inPlay(keyOf(step.play, host)), step, readable),
    ofRun: () => inOrder([...plan.layers.map(readable), everywhere()]),
    ofHost: (host) => inOrder([lowest(host), ...ofHost(host)]),
    hasDynamic: (play, host) => dynamic.has(keyOf(play, host)),
    inventoryChanged: () => {
      magic = undefined;
      for (const made of [lowest, ofHost, inPlay]) made.forgetAll();
    },
    include: (host, values) => {
      const all = { ...included.get(host)?.values, ...values };
      included.set(host, { source: 'include-vars', label: 'include_vars', values: all });
      ofHost.forget(host);
      for (const { index } of plan.plays) inPlay.forget(keyOf(index, host));
    },
    addDynamic: (play, host, layers) => {
      const key = keyOf(play, host);
      added.set(key, [...(added.get(key) ?? []), ...layers.map(readable)]);
      inPlay.forget(key);
    },
    setDynamic: (play, host, layers) => {
      dynamic.set(keyOf(play, host), layers.map(readable));
      inPlay.forget(keyOf(play, host));
    },
  };
}

/** A layer of magic variables. */
export function magicLayer(values: VariableLayer['values']): VariableLayer {
  return { source: 'magic', label: 'magic variables', values, templated: false };
}

function hostLayers(
  { variables, inventory, plan }: LayerSources,
  readable: Readable,
  everywhere: VariableLayer,
  host: string,
): readonly VariableLayer[] {
  const { facts, registered } = variables.state(host);
  return [
    ...inventoryLayers(inventory, host).map(readable),
    facts,
    ...plan.layers.map(readable),
    registered,
    everywhere,
    magicLayer(hostMagic(inventory, host)),
  ];
}

/** Layers by precedence. Those of one rank keep their order. */
function inOrder(layers: readonly VariableLayer[]): VariableLayer[] {
  return [...layers].sort((a, b) => orderOf(a) - orderOf(b));
}

function orderOf(one: VariableLayer): number {
  return rankOf(one) * 2 + (one.beside === 'playbook' ? 1 : 0);
}

function rankOf({ source }: VariableLayer): number {
  return precedence.indexOf(source);
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
  readable: Readable,
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
  forgetAll(): void;
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
  return Object.assign(get, {
    forget: (key: string) => void known.delete(key),
    forgetAll: () => known.clear(),
  });
}
