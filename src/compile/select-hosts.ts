import { type Diagnostic, errorDiagnostic, warningDiagnostic } from '../model/diagnostic.ts';
import { selectHosts, unknownHostDiagnostic } from '../model/host-pattern.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Place } from '../model/place.ts';
import type { LatePlay } from '../model/plan.ts';
import type { Play, Playbook } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import type { CompileOptions, RawVariables } from './compile-input.ts';
import { inOrder } from './host-order.ts';
import { isTemplate } from './is-template.ts';
import { additionsBefore, isLate } from './late-plays.ts';
import { splitBatches } from './serial-batches.ts';

/** The hosts of a play: names, one list for each serial batch. */
export interface PlayHosts {
  readonly batches: readonly (readonly string[])[];
  /** Set where earlier plays may change which hosts these are: they are chosen when the play is reached. */
  readonly late?: Pick<LatePlay, 'pattern' | 'limit' | 'order' | 'serial'> | undefined;
  /** Whether it is `--limit` that left the play without hosts. */
  readonly emptiedByLimit: boolean;
}

/** The hosts of all plays, and what is wrong with patterns, limit and batches. */
export interface HostSelection {
  readonly plays: readonly PlayHosts[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Chooses the hosts of each play: `hosts` and `serial` are rendered with `variablesOf` the play, `--limit` is applied,
 * then `order`, then `serial`.
 */
export function choosePlayHosts(
  playbook: Playbook,
  inventory: Inventory,
  options: CompileOptions,
  variablesOf: (play: Play) => RawVariables,
): HostSelection {
  const diagnostics: Diagnostic[] = [];
  const limit = limitHosts(playbook, inventory, options, diagnostics);
  const additions = additionsBefore(playbook);
  const plays = playbook.plays.map((play, index): PlayHosts => {
    const variables = variablesOf(play);
    const pattern = renderPattern(play, options, variables, diagnostics);
    const before = additions[index];
    if (pattern !== undefined && before !== undefined && isLate(pattern, inventory, before))
      return lateHosts(play, pattern, options, variables);
    const matched = matchHosts(play, pattern, inventory, options, diagnostics);
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
  if (limit !== undefined && plays.every((play) => play.batches.length === 0 && play.late === undefined))
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

function lateHosts(play: Play, pattern: string, options: CompileOptions, variables: RawVariables): PlayHosts {
  const serial = play.serial.map((entry) => rendered(entry, options, variables));
  const late = { pattern, limit: options.selection.limit, order: play.order, serial };
  return { batches: [], late, emptiedByLimit: false };
}

function matchHosts(
  play: Play,
  pattern: string | undefined,
  inventory: Inventory,
  options: CompileOptions,
  diagnostics: Diagnostic[],
): readonly string[] {
  const at = play.hostsAt;
  if (pattern === undefined) return [];
  const { hosts, unknown, error } = selectHosts(inventory, pattern, options.readPatternFile);
  if (error !== undefined) diagnostics.push(errorDiagnostic('RB308', `hosts: ${error}`, { at }));
  const make = play.dialect === 'ansible' ? warningDiagnostic : errorDiagnostic;
  diagnostics.push(...unknown.map((one) => unknownHostDiagnostic(one, at, make)));
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
    hint: 'hosts may read variables of the playbook and the play, params, -e and `groups`; nothing of one host',
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
