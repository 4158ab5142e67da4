import type { ConnectionSettings, Group, Inventory } from './inventory.ts';
import { precedence, type VariableLayer } from './variables.ts';

/** What follows from an inventory, worked out once for each. */
interface Graph {
  readonly parents: ReadonlyMap<string, readonly string[]>;
  readonly depths: ReadonlyMap<string, number>;
  readonly hostsOf: Map<string, readonly string[]>;
  /** By the names of the groups that list a host: hosts of one kind share their lists. */
  readonly groupsOf: Map<string, readonly Group[]>;
  readonly groupLayers: Map<string, readonly VariableLayer[]>;
}

const graphs = new WeakMap<Inventory, Graph>();
const rank = new Map(precedence.map((source, index) => [source, index]));

/**
 * The hosts of a group and of its descendants, in the order of the inventory. `all` holds every host but the implicit
 * localhost. Empty for a group that does not exist.
 */
export function hostsOfGroup(inventory: Inventory, groupName: string): readonly string[] {
  const graph = graphOf(inventory);
  const known = graph.hostsOf.get(groupName);
  if (known) return known;
  const members = groupName === 'all' ? undefined : membersOf(inventory, groupName);
  const hosts: string[] = [];
  for (const host of inventory.hosts.values()) {
    if (members === undefined ? !host.implicit : members.has(host.name)) hosts.push(host.name);
  }
  graph.hostsOf.set(groupName, hosts);
  return hosts;
}

/** The hosts of each group, `all` and `ungrouped` included: what templates read as `groups`. */
export function hostsByGroup(inventory: Inventory): Readonly<Record<string, readonly string[]>> {
  const names = new Set(['all', 'ungrouped', ...inventory.groups.keys()]);
  return Object.fromEntries([...names].map((name) => [name, hostsOfGroup(inventory, name)]));
}

/**
 * Every group that a host is in, parents and `all` included, lowest precedence first: by depth, then priority, then
 * name. Empty for a host that does not exist; the implicit localhost is in none.
 */
export function groupsOfHost(inventory: Inventory, hostName: string): readonly Group[] {
  const host = inventory.hosts.get(hostName);
  if (host === undefined || (host.implicit && host.groups.length === 0)) return [];
  const graph = graphOf(inventory);
  const key = host.groups.join('\0');
  const known = graph.groupsOf.get(key);
  if (known) return known;
  const groups = [...ancestorsOf(graph, host.groups)]
    .map((name) => inventory.groups.get(name))
    .filter((group) => group !== undefined)
    .sort((a, b) => compareGroups(graph, a, b));
  graph.groupsOf.set(key, groups);
  return groups;
}

/** A host's variables as the inventory and its `group_vars` and `host_vars` give them, lowest precedence first. */
export function inventoryLayers(inventory: Inventory, hostName: string): readonly VariableLayer[] {
  const host = inventory.hosts.get(hostName);
  if (host === undefined) return [];
  // What is set for all hosts holds for the implicit localhost too, though no group does.
  const all = inventory.groups.get('all');
  const groups = host.implicit && all ? [all] : groupsOfHost(inventory, hostName);
  const graph = graphOf(inventory);
  const key = groups.map((group) => group.name).join('\0');
  let shared = graph.groupLayers.get(key);
  if (shared === undefined) {
    shared = inOrder(groups.flatMap((group) => group.layers));
    graph.groupLayers.set(key, shared);
  }
  return [...shared, ...inOrder(host.layers)];
}

/** A host's connection settings: the defaults, then those of its groups, then its own; a later one wins. */
export function settingsOfHost(inventory: Inventory, hostName: string): ConnectionSettings {
  const host = inventory.hosts.get(hostName);
  const groups = groupsOfHost(inventory, hostName).map((group) => group.settings);
  return Object.assign({}, inventory.defaults, ...groups, host?.settings);
}

/** Forgets what was worked out for an inventory: to be called when its maps have changed. */
export function forgetGraph(inventory: Inventory): void {
  graphs.delete(inventory);
}

function inOrder(layers: readonly VariableLayer[]): VariableLayer[] {
  // Sorting is stable, so layers of one rank keep the order of their groups.
  return [...layers].sort((a, b) => rankOf(a) - rankOf(b));
}

function rankOf(layer: VariableLayer): number {
  return (rank.get(layer.source) ?? 0) * 2 + (layer.beside === 'playbook' ? 1 : 0);
}

function compareGroups(graph: Graph, a: Group, b: Group): number {
  const depth = (graph.depths.get(a.name) ?? 0) - (graph.depths.get(b.name) ?? 0);
  if (depth !== 0) return depth;
  if (a.priority !== b.priority) return a.priority - b.priority;
  return a.name < b.name ? -1 : 1;
}

function graphOf(inventory: Inventory): Graph {
  const known = graphs.get(inventory);
  if (known) return known;
  const parents = parentsOf(inventory);
  const depths = depthsOf(inventory, parents);
  const graph: Graph = { parents, depths, hostsOf: new Map(), groupsOf: new Map(), groupLayers: new Map() };
  graphs.set(inventory, graph);
  return graph;
}

function parentsOf(inventory: Inventory): Map<string, string[]> {
  const parents = new Map<string, string[]>();
  for (const group of inventory.groups.values()) {
    for (const child of group.children) {
      const known = parents.get(child);
      if (known) known.push(group.name);
      else parents.set(child, [group.name]);
    }
  }
  return parents;
}

/** The longest way from `all` to each group. Cycles were refused on loading; one that is here ends the walk. */
function depthsOf(
  inventory: Inventory,
  parents: ReadonlyMap<string, readonly string[]>,
): Map<string, number> {
  const depths = new Map<string, number>([['all', 0]]);
  const open = new Set<string>();
  const depthOf = (name: string): number => {
    const known = depths.get(name);
    if (known !== undefined || open.has(name)) return known ?? 0;
    open.add(name);
    const above = (parents.get(name) ?? []).map(depthOf);
    const depth = Math.max(0, ...above) + 1;
    open.delete(name);
    depths.set(name, depth);
    return depth;
  };
  for (const name of inventory.groups.keys()) depthOf(name);
  return depths;
}

function ancestorsOf(graph: Graph, names: readonly string[]): Set<string> {
  const found = new Set<string>(['all']);
  const pending = [...names];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    pending.push(...(graph.parents.get(name) ?? []));
  }
  return found;
}

function membersOf(inventory: Inventory, groupName: string): Set<string> {
  const members = new Set<string>();
  const seen = new Set<string>();
  const pending = [groupName];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const group = inventory.groups.get(name);
    for (const host of group?.hosts ?? []) members.add(host);
    pending.push(...(group?.children ?? []));
  }
  return members;
}
