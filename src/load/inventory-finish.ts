import { globToRegExp, isGlob } from '../lib/glob.ts';
import { didYouMean } from '../lib/suggest.ts';
import { type Diagnostic, errorDiagnostic, warningDiagnostic } from '../model/diagnostic.ts';
import type { Group, Host, Inventory } from '../model/inventory.ts';
import type { Place } from '../model/place.ts';
import { expandRange } from './host-range.ts';
import { addMember, type GroupDraft, type HostDraft, type InventoryDraft } from './inventory-draft.ts';

/**
 * Checks what only the whole inventory shows (members that do not exist, group cycles) and adds what always exists:
 * every group below `all`, `ungrouped`, `localhost`. What is wrong is added to the draft's diagnostics.
 */
export function finishInventory(draft: InventoryDraft, sources: readonly string[]): Inventory {
  for (const group of draft.groups.values()) matchPatterns(draft, group);
  checkChildren(draft);
  breakCycles(draft);
  placeBelowAll(draft);
  warnOfSharedNames(draft);
  if (
    draft.hosts.size === 0 &&
    draft.diagnostics.every((one) => one.severity !== 'error') &&
    sources.length > 0
  ) {
    draft.diagnostics.push(
      warningDiagnostic('RB120', `the inventory has no hosts (read: ${sources.join(', ')})`),
    );
  }
  const hosts = new Map([...draft.hosts].map(([name, host]): [string, Host] => [name, toHost(host)]));
  if (!hosts.has('localhost')) hosts.set('localhost', { ...toHost(draft.localhost), implicit: true });
  const groups = new Map([...draft.groups].map(([name, group]): [string, Group] => [name, toGroup(group)]));
  return { hosts, groups, defaults: draft.defaults, sources };
}

function toHost(host: HostDraft): Host {
  return { ...host, groups: [...host.groups] };
}

function toGroup(group: GroupDraft): Group {
  const { name, at, settings, layers, priority } = group;
  return {
    name,
    at,
    settings,
    layers,
    priority,
    hosts: [...group.hosts],
    children: [...group.children.keys()],
  };
}

function matchPatterns(draft: InventoryDraft, group: GroupDraft): void {
  for (const { pattern, at } of group.patterns) {
    // A glob's set, like web[12], is no range; expandRange leaves it, or finds it wrong.
    const names = expandRange(pattern).names ?? [pattern];
    for (const name of names) {
      const members = membersFor(draft, name);
      for (const host of members) addMember(group, host);
      if (members.length === 0) draft.diagnostics.push(missingMember(draft, group, name, at));
    }
  }
}

function membersFor(draft: InventoryDraft, name: string): HostDraft[] {
  if (isGlob(name)) return matching(draft, name);
  const host = draft.hosts.get(name);
  return host === undefined ? [] : [host];
}

function missingMember(draft: InventoryDraft, group: GroupDraft, name: string, at: Place): Diagnostic {
  if (isGlob(name))
    return warningDiagnostic('RB301', `no host matches ${name} of the group ${group.name}`, { at });
  const near = didYouMean(name, draft.hosts.keys());
  const message = `the group ${group.name} names the host ${name}, which is not in the inventory${near}`;
  return errorDiagnostic('RB301', message, { at, hint: 'list it under hosts:' });
}

function matching(draft: InventoryDraft, glob: string): HostDraft[] {
  const pattern = globToRegExp(glob);
  return [...draft.hosts.values()].filter((host) => pattern.test(host.name));
}

function checkChildren(draft: InventoryDraft): void {
  for (const group of draft.groups.values()) {
    if (group.defined) continue;
    draft.groups.delete(group.name);
    const known = [...draft.groups.values()].filter((one) => one.defined).map((one) => one.name);
    for (const parent of draft.groups.values()) {
      if (!parent.children.has(group.name)) continue;
      const at = parent.children.get(group.name);
      parent.children.delete(group.name);
      const near = didYouMean(group.name, known);
      const message = `the group ${parent.name} names the child ${group.name}, which is not defined${near}`;
      draft.diagnostics.push(errorDiagnostic('RB301', message, { at }));
    }
  }
}

/** RB124 for each edge that closes a cycle of groups; the edge is taken out. */
function breakCycles(draft: InventoryDraft): void {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (group: GroupDraft): void => {
    if (done.has(group.name)) return;
    path.push(group.name);
    for (const [childName, at] of group.children) {
      const start = path.indexOf(childName);
      const child = draft.groups.get(childName);
      if (start === -1) {
        if (child) visit(child);
        continue;
      }
      const cycle = [...path.slice(start), childName];
      group.children.delete(childName);
      const related = cycle.slice(1, -1).flatMap((name, index) => {
        const link = draft.groups.get(cycle[index] ?? '')?.children.get(name);
        return link === undefined ? [] : [{ at: link, note: `${name} is a child of ${cycle[index]} here` }];
      });
      const message = `groups contain each other in a circle: ${cycle.join(' → ')}`;
      draft.diagnostics.push(
        errorDiagnostic('RB124', message, { at, related, hint: 'take one of these children out' }),
      );
    }
    path.pop();
    done.add(group.name);
  };
  for (const group of draft.groups.values()) visit(group);
}

function placeBelowAll(draft: InventoryDraft): void {
  const all = draft.groups.get('all');
  const ungrouped = draft.groups.get('ungrouped');
  if (all === undefined || ungrouped === undefined) return;
  const below = new Set<string>(['all']);
  for (const group of draft.groups.values()) for (const child of group.children.keys()) below.add(child);
  for (const name of draft.groups.keys()) if (!below.has(name)) all.children.set(name, undefined);
  ungrouped.hosts.clear();
  for (const host of draft.hosts.values()) {
    if (host.groups.size > 0) continue;
    ungrouped.hosts.add(host.name);
    host.groups.add('ungrouped');
  }
}

function warnOfSharedNames(draft: InventoryDraft): void {
  for (const group of draft.groups.values()) {
    const host = draft.hosts.get(group.name);
    if (host === undefined) continue;
    const message = `${group.name} is the name of a host and of a group; a pattern means the group`;
    const related = group.at === undefined ? [] : [{ at: group.at, note: 'the group' }];
    draft.diagnostics.push(warningDiagnostic('RB125', message, { at: host.at, related }));
  }
}
