import { prepare, prepareInventory } from '../../engine.ts';
import { didYouMean } from '../../lib/suggest.ts';
import { failure } from '../../model/diagnostic.ts';
import { type Definition, definitionsOf, planLayers, variableNamesOf } from '../../model/explain-variable.ts';
import { selectHosts } from '../../model/host-pattern.ts';
import type { Inventory } from '../../model/inventory.ts';
import {
  groupTree,
  type HostEntry,
  type HostReport,
  hostReport,
  inventoryList,
} from '../../model/inventory-view.ts';
import { printable, printableLine } from '../../report/printable.ts';
import { colourStyle, plainStyle, type Style, wantsColour } from '../../report/reporter.ts';
import { toJson } from '../../report/result-text.ts';
import type { SharedFlags } from '../flags.ts';
import { projectRequest } from '../project-request.ts';
import { showDiagnostics } from '../show-failure.ts';

/** Flags of `inventory`. */
export interface InventoryFlags extends SharedFlags {
  readonly host?: string;
  readonly graph?: boolean;
  readonly list?: boolean;
  readonly explain?: string;
  readonly playbook?: string;
}

function hostText(report: HostReport, style: Style): string {
  const section = (title: string, entries: readonly HostEntry[]) => [
    ...(entries.length === 0 ? [] : [`  ${title}:`]),
    ...entries.map(({ name, value, origin }) =>
      `    ${style.bold(name)} = ${printableLine(toJson(value))}  ${style.dim(origin)}`.trimEnd(),
    ),
  ];
  const lines = [
    style.bold(report.name),
    `  groups: ${report.groups.join(', ')}`,
    ...section('connection', report.settings),
    ...section('variables', report.variables),
  ];
  return `${lines.join('\n')}\n`;
}

function chosenHosts(inventory: Inventory, pattern: string): readonly string[] {
  const { hosts, unknown, error } = selectHosts(inventory, pattern);
  if (error !== undefined) throw failure('RB308', error);
  const [first] = unknown;
  if (first !== undefined) {
    const names = [...inventory.groups.keys(), ...inventory.hosts.keys()];
    throw failure('RB301', `there is no host or group "${first.name}"${didYouMean(first.name, names)}`, {
      hint: 'runbook inventory --graph shows all groups and hosts',
    });
  }
  return hosts;
}

function requireHost(inventory: Inventory, name: string): void {
  if (!inventory.hosts.has(name))
    throw failure('RB301', `there is no host "${name}"${didYouMean(name, inventory.hosts.keys())}`);
}

function oneHost(inventory: Inventory, name: string, style: Style): string {
  requireHost(inventory, name);
  return hostText(hostReport(inventory, name), style);
}

/** What is learned in a run wins over what these sources say, and `-e` over that. */
async function explained(flags: InventoryFlags, style: Style): Promise<string> {
  const { host, explain: name, playbook } = flags;
  if (host === undefined || name === undefined)
    throw failure('RB701', '--explain and --playbook go with --host', {
      hint: 'for example: runbook inventory --host web1 --explain http_port',
    });
  const request = await projectRequest(flags);
  const prepared = playbook === undefined ? undefined : await prepare(playbook, request);
  const { inventory, extraVars, warnings } = prepared ?? (await prepareInventory(request));
  showDiagnostics(warnings);
  requireHost(inventory, host);
  const ofPlan = prepared === undefined ? [{ layers: extraVars }] : planLayers(prepared.plan, host);
  const definitions = definitionsOf(name, inventory, host, ofPlan);
  if (definitions.length === 0) {
    const names = variableNamesOf(inventory, host, ofPlan);
    const hint = playbook === undefined ? 'add --playbook FILE to look into a playbook as well' : undefined;
    throw failure('RB311', `nothing defines "${name}" for ${host}${didYouMean(name, names)}`, { hint });
  }
  return definitionLines(name, host, definitions, style);
}

function definitionLines(
  name: string,
  host: string,
  definitions: readonly Definition[],
  style: Style,
): string {
  const holding = new Set<string | undefined>();
  const lines = definitions.map((one) => {
    const isHidden = holding.has(undefined) || holding.has(one.within);
    holding.add(one.within);
    const where = one.within === undefined ? '' : `in ${one.within}: `;
    const origin = style.dim(`${one.source}  ${printableLine(one.origin)}`);
    const line = `${where}${printableLine(toJson(one.value))}  ${origin}`;
    return isHidden ? `  hidden  ${line}` : `  holds   ${line}`;
  });
  return `${style.bold(name)} on ${printableLine(host)}\n${lines.join('\n')}\n`;
}

/** `runbook inventory`: what hosts and groups there are, and where a host's variables come from. */
export async function inventory(pattern: string | undefined, flags: InventoryFlags): Promise<number> {
  const style = wantsColour(process.env, process.stdout.isTTY === true) ? colourStyle : plainStyle;
  if (flags.explain !== undefined || flags.playbook !== undefined) {
    process.stdout.write(await explained(flags, style));
    return 0;
  }
  const project = await prepareInventory(await projectRequest(flags));
  showDiagnostics(project.warnings);
  const chosen = () => (pattern === undefined ? undefined : new Set(chosenHosts(project.inventory, pattern)));
  let text: string;
  if (flags.host !== undefined) text = oneHost(project.inventory, flags.host, style);
  else if (flags.list === true) text = `${toJson(inventoryList(project.inventory, chosen()), 2)}\n`;
  else if (flags.graph === true) text = printable(groupTree(project.inventory, chosen()));
  else
    text = chosenHosts(project.inventory, pattern ?? 'all')
      .map((name) => `${printableLine(name)}\n`)
      .join('');
  process.stdout.write(text);
  return 0;
}
