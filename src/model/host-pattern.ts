import { isIPv6 } from 'node:net';
import { globToRegExp, isGlob } from '../lib/glob.ts';
import { didYouMean, nearest } from '../lib/suggest.ts';
import { type Diagnostic, errorDiagnostic } from './diagnostic.ts';
import type { Inventory } from './inventory.ts';
import { hostsOfGroup } from './inventory-graph.ts';
import type { Place } from './place.ts';

/** The hosts that a pattern means. */
export interface HostSelection {
  /** Names of hosts in the order of the inventory. */
  readonly hosts: readonly string[];
  /** Parts of the pattern that mean no host and no group, each with the name that was perhaps meant. */
  readonly unknown: readonly UnknownPattern[];
  /** Why the pattern cannot be read, in one sentence; then no host is selected. */
  readonly error?: string | undefined;
}

/** A part of a pattern that nothing answers to. */
export interface UnknownPattern {
  readonly name: string;
  readonly suggestion?: string | undefined;
}

/**
 * Selects hosts by a pattern: names of hosts and groups, `all`, globs, `~regex`, joined by `,` or `:` to a union, with
 * `:&x` for what is also in x and `:!x` for what is not; `web[0]`, `web[-1]`, `web[0:2]` (ends included) for part of a
 * group; `@FILE` for a file of patterns, one a line. The order of the parts does not matter: unions first, then `&`,
 * then `!`. `localhost` is always known; only its own name selects an implicit one.
 *
 * @param readPatternFile the text of a pattern file, or undefined where it cannot be read. Without it `@` is an error.
 */
export function selectHosts(
  inventory: Inventory,
  pattern: string,
  readPatternFile?: (path: string) => string | undefined,
): HostSelection {
  const selecting: Selecting = { inventory, unknown: [], readPatternFile };
  try {
    const selected = select(selecting, splitPattern(inventory, pattern), 0);
    const hosts = [...inventory.hosts.keys()].filter((name) => selected.has(name));
    return { hosts, unknown: selecting.unknown };
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return { hosts: [], unknown: [], error: error.message };
  }
}

class PatternError extends Error {}

interface Selecting {
  readonly inventory: Inventory;
  readonly unknown: UnknownPattern[];
  readonly readPatternFile: ((path: string) => string | undefined) | undefined;
}

const maxFileDepth = 8;

/** A pattern's parts. A colon inside brackets, in a name that is a host's, in an address or a path does not divide. */
function splitPattern(inventory: Inventory, pattern: string): string[] {
  const parts = splitOutside(pattern, ',').flatMap((part) => {
    const bare = part.trim().replace(/^[!&]/, '');
    return inventory.hosts.has(bare) || bare.startsWith('@')
      ? [part]
      : joinAddresses(splitOutside(part, ':'));
  });
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** Puts pieces together again that are an IPv6 address, the longest one from each piece on. */
function joinAddresses(pieces: readonly string[]): string[] {
  const parts: string[] = [];
  for (let start = 0; start < pieces.length; start++) {
    let end = Math.min(pieces.length, start + 8);
    while (end > start + 1 && !isIPv6(pieces.slice(start, end).join(':').trim().replace(/^[!&]/, ''))) end--;
    parts.push(pieces.slice(start, end).join(':'));
    start = end - 1;
  }
  return parts;
}

function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (const character of text) {
    if (/[[{(]/.test(character)) depth++;
    else if (/[\]})]/.test(character)) depth = Math.max(0, depth - 1);
    if (character === separator && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function select(selecting: Selecting, parts: readonly string[], depth: number): Set<string> {
  const union = parts.filter((part) => !/^[&!]/.test(part));
  const selected = new Set<string>();
  // Only conditions given: they choose among all hosts.
  if (union.length === 0 && parts.length > 0)
    for (const host of hostsOfGroup(selecting.inventory, 'all')) selected.add(host);
  for (const part of union) for (const host of hostsFor(selecting, part, depth)) selected.add(host);
  for (const part of parts.filter((one) => one.startsWith('&'))) {
    const kept = new Set(hostsFor(selecting, part.slice(1), depth));
    for (const host of selected) if (!kept.has(host)) selected.delete(host);
  }
  for (const part of parts.filter((one) => one.startsWith('!'))) {
    for (const host of hostsFor(selecting, part.slice(1), depth)) selected.delete(host);
  }
  return selected;
}

const slice = /^(.+)\[(-?\d+)(?:([:-])(\d*))?\]$|^(.+)\[:(\d+)\]$/;

function hostsFor(selecting: Selecting, part: string, depth: number): Iterable<string> {
  const { inventory } = selecting;
  if (part.startsWith('@')) return hostsOfFile(selecting, part.slice(1), depth);
  if (part === 'all' || part === '*') return hostsOfGroup(inventory, 'all');
  const exact = exactly(inventory, part);
  if (exact) return exact;
  if (part.startsWith('~')) return matching(selecting, part, toRegExp(part.slice(1)));
  const sliced = slice.exec(part);
  if (sliced) return sliceOf(selecting, sliced, depth);
  if (isGlob(part)) return matching(selecting, part, globToRegExp(part));
  selecting.unknown.push({ name: part, suggestion: suggestionFor(inventory, part) });
  return [];
}

/** The hosts of a group of exactly this name, or the host; a group goes before a host. */
function exactly(inventory: Inventory, name: string): readonly string[] | undefined {
  if (inventory.groups.has(name)) return hostsOfGroup(inventory, name);
  if (inventory.hosts.has(name)) return [name];
  // An address may stand in brackets.
  const bare = /^\[(.*)\]$/.exec(name)?.[1];
  return bare !== undefined && inventory.hosts.has(bare) ? [bare] : undefined;
}

function toRegExp(source: string): RegExp {
  try {
    return new RegExp(`^(?:${source})`, 'u');
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : String(error);
    throw new PatternError(`~${source} is no regular expression: ${reason}`);
  }
}

function matching(selecting: Selecting, part: string, pattern: RegExp): Set<string> {
  const { inventory } = selecting;
  const found = new Set<string>();
  for (const name of inventory.groups.keys()) {
    if (pattern.test(name)) for (const host of hostsOfGroup(inventory, name)) found.add(host);
  }
  for (const host of inventory.hosts.values())
    if (!host.implicit && pattern.test(host.name)) found.add(host.name);
  if (found.size === 0) selecting.unknown.push({ name: part });
  return found;
}

function sliceOf(selecting: Selecting, match: RegExpExecArray, depth: number): readonly string[] {
  const [, name = match[5] ?? '', first = '0', separator, last = match[6]] = match;
  const before = selecting.unknown.length;
  const members = new Set(hostsFor(selecting, name, depth));
  if (selecting.unknown.length > before) return [];
  const hosts = [...selecting.inventory.hosts.keys()].filter((host) => members.has(host));
  const start = Number(first) < 0 ? Math.max(0, hosts.length + Number(first)) : Number(first);
  if (separator === undefined && last === undefined) return hosts.slice(start, start + 1);
  return hosts.slice(start, last === undefined || last === '' ? undefined : Number(last) + 1);
}

function hostsOfFile(selecting: Selecting, path: string, depth: number): Set<string> {
  if (depth >= maxFileDepth)
    throw new PatternError(`more than ${maxFileDepth} pattern files name each other`);
  const text = selecting.readPatternFile?.(path);
  if (text === undefined) throw new PatternError(`the pattern file ${path} cannot be read`);
  const lines = text.split('\n').map((line) => line.trim());
  const parts = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return select(
    selecting,
    parts.flatMap((line) => splitPattern(selecting.inventory, line)),
    depth + 1,
  );
}

function suggestionFor(inventory: Inventory, name: string): string | undefined {
  return nearest(name, [...inventory.groups.keys(), ...inventory.hosts.keys()]);
}

/** RB301 for a part of the pattern in `hosts:` that nothing answers to; `make` gives it its severity. */
export function unknownHostDiagnostic(
  { name, suggestion }: UnknownPattern,
  at: Place,
  make: typeof errorDiagnostic = errorDiagnostic,
): Diagnostic {
  const guess = suggestion === undefined ? '' : ` — did you mean "${suggestion}"?`;
  return make('RB301', `"${name}" is no host or group of the inventory${guess}`, {
    at,
    hint: 'see `runbook inventory` for all hosts and groups',
  });
}

/** RB301 for each name given as a host (`-H`) or as a group (`-g`) that the inventory does not have as such. */
export function unknownTargets(
  targets: { readonly hosts: readonly string[]; readonly groups: readonly string[] },
  inventory: Inventory,
): readonly Diagnostic[] {
  const unknown = (kind: 'host' | 'group', name: string, known: ReadonlyMap<string, unknown>) =>
    known.has(name) || (kind === 'host' && name === 'localhost')
      ? []
      : [
          errorDiagnostic('RB301', `there is no ${kind} "${name}"${didYouMean(name, known.keys())}`, {
            hint: 'runbook inventory --graph shows all groups and hosts',
          }),
        ];
  return [
    ...targets.hosts.flatMap((name) => unknown('host', name, inventory.hosts)),
    ...targets.groups.flatMap((name) => unknown('group', name, inventory.groups)),
  ];
}
