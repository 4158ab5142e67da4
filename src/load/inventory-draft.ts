import { type Diagnostic, errorDiagnostic, warningDiagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import { Secret, type Value } from '../model/value.ts';
import type { VariableLayer, VariableSource } from '../model/variables.ts';
import { expandRange } from './host-range.ts';
import { emptyMapping, refusedKeys } from './mapping.ts';

/** An inventory while its sources are read, one after another; later ones add and replace. */
export interface InventoryDraft {
  readonly hosts: Map<string, HostDraft>;
  readonly groups: Map<string, GroupDraft>;
  /** What becomes the implicit localhost, unless a source names one. */
  readonly localhost: HostDraft;
  readonly defaults: Record<string, Value>;
  readonly diagnostics: Diagnostic[];
}

/** What a host and a group have in common. */
interface EntryDraft {
  readonly name: string;
  at: Place | undefined;
  readonly settings: Record<string, Value>;
  readonly layers: VariableLayer[];
}

/** A host so far. */
export interface HostDraft extends EntryDraft {
  readonly groups: Set<string>;
}

/** A group so far. */
export interface GroupDraft extends EntryDraft {
  readonly hosts: Set<string>;
  /** Children, each with the place that names it first. */
  readonly children: Map<string, Place | undefined>;
  /** Native host patterns, matched when every source has been read. */
  readonly patterns: { readonly pattern: string; readonly at: Place }[];
  priority: number;
  /** False while other groups only name it as a child. */
  defined: boolean;
}

/** Variables of one entry as one file gives them. */
export interface VariableValues {
  readonly label: string;
  readonly values: Readonly<Record<string, Value>>;
  readonly places: Readonly<Record<string, Place>>;
}

/** An inventory with nothing but `all` and `ungrouped`. */
export function startDraft(): InventoryDraft {
  const draft: InventoryDraft = {
    hosts: new Map(),
    groups: new Map(),
    localhost: {
      name: 'localhost',
      at: undefined,
      settings: { connection: 'local' },
      layers: [],
      groups: new Set(),
    },
    defaults: {},
    diagnostics: [],
  };
  addGroup(draft, 'all');
  addGroup(draft, 'ungrouped');
  return draft;
}

/** Adds a host, or finds it. Undefined, with RB125, when the name is not allowed. */
export function addHost(draft: InventoryDraft, name: string, at?: Place): HostDraft | undefined {
  const known = draft.hosts.get(name);
  if (known) return known;
  const problem = hostNameProblem(name);
  if (problem) {
    draft.diagnostics.push(errorDiagnostic('RB125', problem.message, { at, hint: problem.hint }));
    return undefined;
  }
  const host: HostDraft = { name, at, settings: {}, layers: [], groups: new Set() };
  draft.hosts.set(name, host);
  return host;
}

/** Adds the hosts of an entry that may be a range: RB123 for a wrong one, RB125 for names that are not allowed. */
export function addHosts(draft: InventoryDraft, entry: string, at?: Place): HostDraft[] {
  const range = expandRange(entry);
  if (range.names === undefined) {
    draft.diagnostics.push(errorDiagnostic('RB123', `in the host ${entry}: ${range.problem}`, { at }));
    return [];
  }
  const hosts: HostDraft[] = [];
  for (const name of range.names) {
    const host = addHost(draft, name, at);
    // One message is enough for a range whose names are all wrong.
    if (host === undefined) return hosts;
    hosts.push(host);
  }
  return hosts;
}

/** Adds a group, or finds it. Undefined, with RB125, when the name is not allowed. */
export function addGroup(draft: InventoryDraft, name: string, at?: Place): GroupDraft | undefined {
  const known = draft.groups.get(name);
  if (known) {
    known.defined = true;
    known.at ??= at;
    return known;
  }
  return createGroup(draft, name, true, at);
}

/** Makes one group a child of another; the child may be defined later, or in another source. */
export function addChild(draft: InventoryDraft, parent: GroupDraft, childName: string, at?: Place): void {
  const child = draft.groups.get(childName) ?? createGroup(draft, childName, false, at);
  if (child && !parent.children.has(childName)) parent.children.set(childName, at);
}

/** Makes a host a member of a group. */
export function addMember(group: GroupDraft, host: HostDraft): void {
  group.hosts.add(host.name);
  if (group.name !== 'all' && group.name !== 'ungrouped') host.groups.add(group.name);
}

/** Adds a host's or group's inventory variables as its own layer. */
export function addVariables(entry: HostDraft | GroupDraft, variables: VariableValues): void {
  if (Object.keys(variables.values).length === 0) return;
  const source = 'patterns' in entry ? groupSource(entry.name) : 'inventory-host';
  const values = emptyMapping();
  for (const [name, value] of Object.entries(variables.values)) {
    if (!refusedKeys.has(name)) values[name] = protectVariable(name, value);
  }
  entry.layers.push({ source, label: variables.label, values, places: variables.places });
  if (!('patterns' in entry)) return;
  const priority = Number(values['ansible_group_priority'] ?? Number.NaN);
  if (Number.isInteger(priority)) entry.priority = priority;
}

/** A password as a `Secret`, unless it is a template that is to be rendered first. */
export function protect(value: Value, name: string): Value {
  if (typeof value === 'number' || typeof value === 'bigint') return new Secret(String(value), name);
  return typeof value === 'string' && !/\{[{%]/.test(value) ? new Secret(value, name) : value;
}

/** Protects the variables that Ansible reads passwords from. */
export function protectVariable(name: string, value: Value): Value {
  const secret =
    /^ansible_(?:(?:ssh|become|sudo|su)_)?(?:pass|password)$|^ansible_(?:ssh_)?private_key_passphrase$/;
  return secret.test(name) ? protect(value, name) : value;
}

function groupSource(name: string): VariableSource {
  return name === 'all' ? 'inventory-all' : 'inventory-group';
}

function createGroup(
  draft: InventoryDraft,
  name: string,
  defined: boolean,
  at?: Place,
): GroupDraft | undefined {
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_.+-]*$/u.test(name)) {
    const message = `${JSON.stringify(name)} cannot be a group's name`;
    const hint = 'names are made of letters, digits and _ . + -, and start with a letter, a digit or _';
    draft.diagnostics.push(errorDiagnostic('RB125', message, { at, hint }));
    return undefined;
  }
  const group: GroupDraft = {
    name,
    at,
    settings: {},
    layers: [],
    hosts: new Set(),
    children: new Map(),
    patterns: [],
    priority: 1,
    defined,
  };
  draft.groups.set(name, group);
  return group;
}

function hostNameProblem(name: string): { message: string; hint: string } | undefined {
  if (/^[\p{L}\p{N}_:][\p{L}\p{N}_.:%-]*$/u.test(name) && name.length <= 255) return undefined;
  const message = `${JSON.stringify(name)} cannot be a host's name`;
  if (name.includes('@'))
    return { message, hint: 'give the user by itself: user in a native inventory, ansible_user in others' };
  return {
    message,
    hint: 'names are made of letters, digits and _ . : % -, and start with a letter, a digit or _',
  };
}

/** A warning that belongs to no line. */
export function warn(draft: InventoryDraft, ...args: Parameters<typeof warningDiagnostic>): void {
  draft.diagnostics.push(warningDiagnostic(...args));
}
