import type { Group, Host, Inventory } from './inventory.ts';
import { forgetGraph } from './inventory-graph.ts';
import type { Value } from './value.ts';

/** The inventory of a run, to which steps add hosts and groups, and which they have read again. */
export interface LiveInventory {
  /** Always the same object; its maps change. */
  readonly inventory: Inventory;
  /** Adds a host, its groups and its variables. Whether anything is new. */
  addHost(name: string, groups: readonly string[], variables: Readonly<Record<string, Value>>): boolean;
  /** Puts a host into a group, and the group below others; what is not there is made. Whether anything is new. */
  group(host: string, group: string, parents: readonly string[]): boolean;
  /**
   * Reads the sources again; what steps have added is added anew. Rejects where they are wrong, and leaves all as it is.
   */
  refresh(): Promise<void>;
}

/** What an inventory that changes needs of what is around it. */
export interface LiveInventoryOptions {
  /** Called after each change. */
  onChange(): void;
  /** Reads the sources of the inventory once more. */
  readAgain(): Promise<Inventory>;
}

/** Opens an inventory for a run. The one given stays as it is. */
export function openInventory(from: Inventory, { onChange, readAgain }: LiveInventoryOptions): LiveInventory {
  const inventory = { ...from, hosts: new Map(from.hosts), groups: new Map(from.groups) };
  /** What steps have added, in order. Each tells whether something was new. */
  const additions: (() => boolean)[] = [];
  const add = (addition: () => boolean): boolean => {
    const isNew = addition();
    additions.push(addition);
    if (isNew) changed();
    return isNew;
  };
  const changed = () => {
    forgetGraph(inventory);
    onChange();
  };
  return {
    inventory,
    addHost: (name, groups, variables) => add(() => addHost(inventory, name, groups, variables)),
    group: (host, name, parents) => add(() => addGroup(inventory, host, name, parents)),
    refresh: async () => {
      const { hosts, groups, ...rest } = await readAgain();
      Object.assign(inventory, rest, { hosts: new Map(hosts), groups: new Map(groups) });
      for (const addition of additions) addition();
      changed();
    },
  };
}

/** An inventory whose maps may change. */
interface Changing {
  readonly hosts: Map<string, Host>;
  readonly groups: Map<string, Group>;
}

function addHost(
  inventory: Changing,
  name: string,
  wanted: readonly string[],
  variables: Readonly<Record<string, Value>>,
): boolean {
  const { hosts } = inventory;
  const before = hosts.get(name);
  const host: Host = before ?? { name, settings: {}, layers: [], groups: [] };
  const isSame = before !== undefined && hasAll(before, variables);
  if (!isSame)
    hosts.set(name, { ...host, implicit: undefined, layers: [...host.layers, layerOf(variables)] });
  const joined = wanted.map((group) => join(inventory, name, group));
  return !isSame || joined.includes(true);
}

function addGroup(inventory: Changing, host: string, name: string, parents: readonly string[]): boolean {
  const { groups } = inventory;
  let isNew = join(inventory, host, name);
  for (const parent of parents) {
    const above = groups.get(parent) ?? newGroup(parent);
    if (above.children.includes(name)) continue;
    groups.set(parent, { ...above, children: [...above.children, name] });
    isNew = true;
  }
  return isNew;
}

/** Puts a host into a group. A host that is gone joins none, but the group is there. */
function join({ hosts, groups }: Changing, host: string, name: string): boolean {
  const group = groups.get(name) ?? newGroup(name);
  const known = hosts.get(host);
  const isIn = group.hosts.includes(host) || name === 'all' || known === undefined;
  if (isIn && groups.has(name)) return false;
  groups.set(name, isIn ? group : { ...group, hosts: [...group.hosts, host] });
  if (known !== undefined && !isIn) hosts.set(host, { ...known, groups: [...known.groups, name] });
  return true;
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
