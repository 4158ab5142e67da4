import { type Diagnostic, errorDiagnostic, warningDiagnostic } from '../model/diagnostic.ts';
import { selectHosts } from '../model/host-pattern.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Place } from '../model/place.ts';
import type { Play, Playbook, Step } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import type { CompileOptions, RawVariables } from './compile-input.ts';
import { isTemplate } from './is-template.ts';
import { splitBatches } from './serial-batches.ts';

/** The hosts of a play: names, one list for each serial batch. */
export interface PlayHosts {
  readonly batches: readonly (readonly string[])[];
  /** Whether it is `--limit` that left the play without hosts. */
  readonly emptiedByLimit: boolean;
}

/** The hosts of all plays, and what is wrong with patterns, limit and batches. */
export interface HostSelection {
  readonly plays: readonly PlayHosts[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Chooses the hosts of each play: `hosts` and `serial` are rendered with playbook-level variables, parameters and `-e`,
 * `--limit` is applied, then `order`, then `serial`.
 */
export function choosePlayHosts(
  playbook: Playbook,
  inventory: Inventory,
  options: CompileOptions,
  variables: RawVariables,
): HostSelection {
  const diagnostics: Diagnostic[] = [];
  const limit = limitHosts(playbook, inventory, options, diagnostics);
  let addsHosts = false;
  const plays = playbook.plays.map((play): PlayHosts => {
    const matched = matchHosts(play, inventory, options, variables, addsHosts, diagnostics);
    addsHosts ||= playAddsHosts(play);
    const limited = limit === undefined ? matched : matched.filter((host) => limit.has(host));
    const ordered = inOrder(limited, play.order, options.random ?? Math.random);
    const { batches, diagnostics: wrong } = splitBatches(
      ordered,
      play.serial.map((entry) => rendered(entry, options, variables)),
      play.places['serial'] ?? play.at,
    );
    diagnostics.push(...wrong);
    return { batches, emptiedByLimit: limited.length === 0 && matched.length > 0 };
  });
  if (limit !== undefined && plays.every((play) => play.batches.length === 0))
    diagnostics.push(nothingLeft(options.selection.limit ?? '', inventory));
  return { plays, diagnostics };
}

function limitHosts(
  playbook: Playbook,
  inventory: Inventory,
  options: CompileOptions,
  diagnostics: Diagnostic[],
): ReadonlySet<string> | undefined {
  const { limit } = options.selection;
  if (limit === undefined) return undefined;
  const { hosts, unknown, error } = selectHosts(inventory, limit, options.readPatternFile);
  if (error !== undefined) diagnostics.push(errorDiagnostic('RB308', `--limit "${limit}": ${error}`));
  for (const { name, suggestion } of unknown) {
    const make = playbook.dialect === 'ansible' && hosts.length > 0 ? warningDiagnostic : errorDiagnostic;
    diagnostics.push(
      make('RB301', `--limit names "${name}", which is no host or group${guess(suggestion)}`, hintOf()),
    );
  }
  return new Set(hosts);
}

function matchHosts(
  play: Play,
  inventory: Inventory,
  options: CompileOptions,
  variables: RawVariables,
  mayBeAdded: boolean,
  diagnostics: Diagnostic[],
): readonly string[] {
  const at = play.hostsAt;
  const pattern = renderPattern(play, options, variables, diagnostics);
  if (pattern === undefined) return [];
  const { hosts, unknown, error } = selectHosts(inventory, pattern, options.readPatternFile);
  if (error !== undefined) diagnostics.push(errorDiagnostic('RB308', `hosts: ${error}`, { at }));
  if (mayBeAdded) return hosts;
  const make = play.dialect === 'ansible' ? warningDiagnostic : errorDiagnostic;
  for (const { name, suggestion } of unknown)
    diagnostics.push(
      make('RB301', `"${name}" is no host or group of the inventory${guess(suggestion)}`, {
        at,
        ...hintOf(),
      }),
    );
  return hosts;
}

function renderPattern(
  play: Play,
  options: CompileOptions,
  variables: RawVariables,
  diagnostics: Diagnostic[],
): string | undefined {
  if (!isTemplate(play.hosts)) return play.hosts;
  try {
    const value = options.engine.renderNative(play.hosts, variables);
    const names = Array.isArray(value) ? value : [value];
    if (names.every((name) => typeof name === 'string')) return names.join(',');
    diagnostics.push(wrongPattern(play.hostsAt, 'it does not give a text or a list of texts'));
  } catch (error) {
    diagnostics.push(wrongPattern(play.hostsAt, error instanceof Error ? error.message : String(error)));
  }
  return undefined;
}

function wrongPattern(at: Place, reason: string): Diagnostic {
  return errorDiagnostic('RB308', `the template in hosts cannot be used: ${reason}`, {
    at,
    hint: 'hosts may read variables of the playbook, its params and -e; nothing of a host is known there',
  });
}

function rendered(entry: number | string, options: CompileOptions, variables: RawVariables): Value {
  if (typeof entry === 'number' || !isTemplate(entry)) return entry;
  try {
    return options.engine.renderNative(entry, variables);
  } catch {
    // The raw text is no size, which is told with its place.
    return entry;
  }
}

function inOrder(hosts: readonly string[], order: Play['order'], random: () => number): string[] {
  switch (order) {
    case 'inventory':
      return [...hosts];
    case 'reverse_inventory':
      return [...hosts].reverse();
    case 'sorted':
      return [...hosts].sort();
    case 'reverse_sorted':
      return [...hosts].sort().reverse();
    case 'shuffle':
      return shuffled(hosts, random);
  }
}

function shuffled(hosts: readonly string[], random: () => number): string[] {
  const left = [...hosts];
  const drawn: string[] = [];
  while (left.length > 0) drawn.push(...left.splice(Math.floor(random() * left.length), 1));
  return drawn;
}

function playAddsHosts(play: Play): boolean {
  const adds = (steps: readonly Step[]): boolean =>
    steps.some(({ action }) => {
      if (action.type === 'block') return adds(action.body) || adds(action.rescue) || adds(action.always);
      return action.type === 'module' && (action.module === 'add_host' || action.module === 'group_by');
    });
  return adds(play.preTasks) || adds(play.steps) || adds(play.postTasks) || adds(play.handlers);
}

function guess(suggestion: string | undefined): string {
  return suggestion === undefined ? '' : ` — did you mean "${suggestion}"?`;
}

function hintOf(): { hint: string } {
  return { hint: 'see `runbook inventory` for all hosts and groups' };
}

function nothingLeft(limit: string, inventory: Inventory): Diagnostic {
  const hint =
    inventory.sources.length === 0
      ? 'no inventory was found: name one with -i'
      : 'see the hosts of each play with --list-hosts';
  return errorDiagnostic('RB309', `--limit "${limit}" leaves no play with a host`, { hint });
}
