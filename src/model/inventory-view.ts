import type { Inventory } from './inventory.ts';
import { groupsOfHost, hostsOfGroup, inventoryLayers, settingsOfHost } from './inventory-graph.ts';
import { formatPlace } from './place.ts';
import type { Value } from './value.ts';

/** A variable or setting of a host, and where it comes from. */
export interface HostEntry {
  readonly name: string;
  readonly value: Value;
  readonly origin: string;
}

/** What is known of a host before a run. */
export interface HostReport {
  readonly name: string;
  readonly groups: readonly string[];
  readonly settings: readonly HostEntry[];
  readonly variables: readonly HostEntry[];
}

/** A host's groups, connection settings and variables, each with its origin. The host must be in the inventory. */
export function hostReport(inventory: Inventory, name: string): HostReport {
  const variables = new Map<string, HostEntry>();
  for (const layer of inventoryLayers(inventory, name)) {
    for (const [variable, value] of Object.entries(layer.values)) {
      const at = layer.places?.[variable];
      variables.set(variable, {
        name: variable,
        value,
        origin: at === undefined ? layer.label : formatPlace(at),
      });
    }
  }
  const settings = Object.entries(settingsOfHost(inventory, name)) as [string, Value][];
  return {
    name,
    groups: groupsOfHost(inventory, name).map((group) => group.name),
    settings: settings.map(([setting, value]) => ({ name: setting, value, origin: '' })),
    variables: [...variables.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/**
 * Groups and their hosts as an indented tree; a host stands below each group that lists it. With `hosts`, those alone
 * and the groups that they are in.
 */
export function groupTree(inventory: Inventory, hosts?: ReadonlySet<string>): string {
  const lines: string[] = [];
  const below = [...inventory.groups.values()].filter((group) => group.name !== 'all');
  const isChild = new Set(below.flatMap((group) => group.children));
  const visit = (name: string, depth: number) => {
    const group = inventory.groups.get(name);
    if (!isKept(inventory, name, hosts)) return;
    lines.push(`${'  '.repeat(depth)}@${name}:`);
    for (const child of group?.children ?? []) visit(child, depth + 1);
    for (const host of group?.hosts ?? [])
      if (hosts?.has(host) !== false) lines.push(`${'  '.repeat(depth + 1)}${host}`);
  };
  lines.push('@all:');
  for (const name of inventory.groups.keys()) if (name !== 'all' && !isChild.has(name)) visit(name, 1);
  return `${lines.join('\n')}\n`;
}

function isKept(inventory: Inventory, group: string, hosts: ReadonlySet<string> | undefined): boolean {
  return hosts === undefined || hostsOfGroup(inventory, group).some((host) => hosts.has(host));
}

/**
 * The inventory as one JSON value, in the shape of a dynamic inventory: groups, and variables below `_meta`. With
 * `hosts`, those alone and the groups that they are in.
 */
export function inventoryList(inventory: Inventory, hosts?: ReadonlySet<string>): Value {
  const groups = [...inventory.groups.values()]
    .filter((group) => group.name === 'all' || isKept(inventory, group.name, hosts))
    .map((group): [string, Value] => [
      group.name,
      {
        hosts: hostsOfGroup(inventory, group.name).filter((host) => hosts?.has(host) !== false),
        children: group.children.filter((child) => isKept(inventory, child, hosts)),
      },
    ]);
  const hostvars = [...inventory.hosts.values()]
    .filter((host) => host.implicit !== true && hosts?.has(host.name) !== false)
    .map((host): [string, Value] => [
      host.name,
      Object.fromEntries(hostReport(inventory, host.name).variables.map(({ name, value }) => [name, value])),
    ]);
  return { _meta: { hostvars: Object.fromEntries(hostvars) }, ...Object.fromEntries(groups) };
}
