import type { Group, Host, Inventory } from './inventory.ts';
import { forgetGraph } from './inventory-graph.ts';
import type { Value } from './value.ts';

/** The inventory of a run, to which steps add hosts and groups. */
export interface LiveInventory {
  /** Always the same object; its maps change. */
  readonly inventory: Inventory;
  /** Adds a host, its groups and its variables. Whether anything is new. */
  addHost(name: string, groups: readonly string[], variables: Readonly<Record<string, Value>>): boolean;
  /** Puts a host into a group, and the group below others; what is not there is made. Whether anything is new. */
  group(host: string, group: string, parents: readonly string[]): boolean;
}

/**
 * Opens an inventory for a run. The one given stays as it is.
 *
 * @param onChange Called after each change.
 */
export function openInventory(from: Inventory, onChange: () => void): LiveInventory {
  const hosts = new Map(from.hosts);
  const groups = new Map(from.groups);
  const inventory: Inventory = { ...from, hosts, groups };
  const changed = (isNew: boolean): boolean => {
    if (isNew) {
      forgetGraph(inventory);
      onChange();
    }
    return isNew;
  };
  const join = (host: string, name: string): boolean => {
    const group = groups.get(name) ?? newGroup(name);
    const known = hosts.get(host);
    const isIn = group.hosts.includes(host) || name === 'all';
    if (isIn && groups.has(name)) return false;
    groups.set(name, isIn ? group : { ...group, hosts: [...group.hosts, host] });
    if (known !== undefined && !isIn) hosts.set(host, { ...known, groups: [...known.groups, name] });
    return true;
  };
  return {
    inventory,
    addHost: (name, wanted, variables) => {
      const before = hosts.get(name);
      const host: Host = before ?? { name, settings: {}, layers: [], groups: [] };
      const isSame = before !== undefined && hasAll(before, variables);
      if (!isSame)
        hosts.set(name, { ...host, implicit: undefined, layers: [...host.layers, layerOf(variables)] });
      const joined = wanted.map((group) => join(name, group));
      return changed(!isSame || joined.includes(true));
    },
    group: (host, name, parents) => {
      let isNew = join(host, name);
      for (const parent of parents) {
        const above = groups.get(parent) ?? newGroup(parent);
        if (above.children.includes(name)) continue;
        groups.set(parent, { ...above, children: [...above.children, name] });
        isNew = true;
      }
      return changed(isNew);
    },
  };
}

/** What a step gives a host is data: it may come from other hosts. */
function layerOf(values: Readonly<Record<string, Value>>): Host['layers'][number] {
  return { source: 'inventory-host', label: 'add_host', values, templated: false };
}

function hasAll({ layers }: Host, variables: Readonly<Record<string, Value>>): boolean {
  return Object.entries(variables).every(([name, value]) => {
    const layer = layers.findLast((one) => Object.hasOwn(one.values, name));
    return JSON.stringify(layer?.values[name]) === JSON.stringify(value);
  });
}

function newGroup(name: string): Group {
  return { name, hosts: [], children: [], settings: {}, layers: [], priority: 1 };
}
