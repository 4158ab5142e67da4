import type { Group, Inventory } from '../model/inventory.ts';
import { groupsOfHost, hostsOfGroup, inventoryLayers } from '../model/inventory-graph.ts';
import type { Value } from '../model/value.ts';
import { precedence, type VariableLayer, type VariableSource } from '../model/variables.ts';
import type { RuntimeNames } from './runtime-names.ts';

const rank = new Map<VariableSource, number>(precedence.map((source, index) => [source, index]));
const factRank = rankOf('facts');
const writtenRank = rankOf('registered');
const includeRank = rankOf('include-vars');

/** A raw value that is known before the run. */
export interface KnownValue {
  readonly value: Value;
  /** Whether it is the same for every host. */
  readonly isShared: boolean;
}

/** The variables of a step that do not come from the inventory, highest precedence first. */
export interface FixedLayers {
  readonly aboveHost: readonly VariableLayer[];
  readonly belowHost: readonly VariableLayer[];
}

/** Sorts layers (lowest precedence first among those of one source) for look-ups. */
export function fixLayers(layers: readonly VariableLayer[]): FixedLayers {
  const highestFirst = layers
    .map((layer, index) => ({ layer, index }))
    .sort((a, b) => rankOf(b.layer.source) - rankOf(a.layer.source) || b.index - a.index)
    .map(({ layer }) => layer);
  return {
    aboveHost: highestFirst.filter((layer) => rankOf(layer.source) > factRank),
    belowHost: highestFirst.filter((layer) => rankOf(layer.source) <= factRank),
  };
}

/**
 * Values that cannot change any more: inventory variables, those of playbook, play, block and step, parameters, `-e`,
 * and the host's name and groups. A name that a step writes, a loop defines, or facts may hide is not among them,
 * unless what defines it has the higher precedence.
 */
export class KnownValues {
  readonly #inventory: Inventory;
  readonly #runtime: RuntimeNames;
  readonly #hostLayers = new Map<string, readonly VariableLayer[]>();
  readonly #groupNames = new Map<readonly Group[], Value>();
  #groups: Value | undefined;

  constructor(inventory: Inventory, runtime: RuntimeNames) {
    this.#inventory = inventory;
    this.#runtime = runtime;
  }

  /** The value of a name for a step on a host, or undefined where it is not known before the run. */
  lookUp(name: string, host: string, layers: FixedLayers): KnownValue | undefined {
    if (this.#runtime.loop.has(name)) return undefined;
    const magic = this.#magic(name, host);
    if (magic !== undefined) return magic;
    const floor = this.#floorOf(name);
    for (const layer of layers.aboveHost) {
      if (rankOf(layer.source) <= floor) return undefined;
      const value = own(layer, name);
      if (value !== undefined) return { value, isShared: true };
    }
    if (floor >= 0) return undefined;
    return this.#ofHost(name, host) ?? ofLayers(layers.belowHost, name);
  }

  /** The highest source that what happens in the run may define the name in; -1 where nothing does. */
  #floorOf(name: string): number {
    if (this.#runtime.written.has(name)) return writtenRank;
    if (this.#runtime.isOpen) return includeRank;
    return name.startsWith('ansible_') ? factRank : -1;
  }

  #ofHost(name: string, host: string): KnownValue | undefined {
    let layers = this.#hostLayers.get(host);
    if (layers === undefined) {
      layers = inventoryLayers(this.#inventory, host);
      this.#hostLayers.set(host, layers);
    }
    for (let i = layers.length - 1; i >= 0; i--) {
      const layer = layers[i];
      const value = layer === undefined ? undefined : own(layer, name);
      if (value !== undefined) return { value, isShared: false };
    }
    return undefined;
  }

  #magic(name: string, host: string): KnownValue | undefined {
    if (name === 'inventory_hostname') return { value: host, isShared: false };
    if (name === 'inventory_hostname_short') return { value: host.split('.')[0] ?? host, isShared: false };
    if (this.#runtime.changesInventory) return undefined;
    if (name === 'group_names') return { value: this.#namesOfGroups(host), isShared: false };
    if (name === 'groups') return { value: this.#allGroups(), isShared: true };
    return undefined;
  }

  /** One list for all hosts of the same groups, so that what was decided for one holds for the others. */
  #namesOfGroups(host: string): Value {
    const groups = groupsOfHost(this.#inventory, host);
    let names = this.#groupNames.get(groups);
    if (names === undefined) {
      names = groups
        .map((group) => group.name)
        .filter((name) => name !== 'all')
        .sort();
      this.#groupNames.set(groups, names);
    }
    return names;
  }

  #allGroups(): Value {
    this.#groups ??= Object.fromEntries(
      [...this.#inventory.groups.keys()].map((group) => [group, hostsOfGroup(this.#inventory, group)]),
    );
    return this.#groups;
  }
}

function ofLayers(layers: readonly VariableLayer[], name: string): KnownValue | undefined {
  for (const layer of layers) {
    const value = own(layer, name);
    if (value !== undefined) return { value, isShared: true };
  }
  return undefined;
}

function own(layer: VariableLayer, name: string): Value | undefined {
  return Object.hasOwn(layer.values, name) ? layer.values[name] : undefined;
}

function rankOf(source: VariableSource): number {
  return rank.get(source) ?? 0;
}
