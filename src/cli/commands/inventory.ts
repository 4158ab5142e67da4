import { prepareInventory } from '../../engine.ts';
import { didYouMean } from '../../lib/suggest.ts';
import { failure } from '../../model/diagnostic.ts';
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

function chosenHosts(inventory: Inventory, pattern: string): string {
  const { hosts, unknown, error } = selectHosts(inventory, pattern);
  if (error !== undefined) throw failure('RB308', error);
  const [first] = unknown;
  if (first !== undefined) {
    const names = [...inventory.groups.keys(), ...inventory.hosts.keys()];
    throw failure('RB301', `there is no host or group "${first.name}"${didYouMean(first.name, names)}`, {
      hint: 'runbook inventory --graph shows all groups and hosts',
    });
  }
  return hosts.map((name) => `${printableLine(name)}\n`).join('');
}

function oneHost(inventory: Inventory, name: string, style: Style): string {
  if (!inventory.hosts.has(name))
    throw failure('RB301', `there is no host "${name}"${didYouMean(name, inventory.hosts.keys())}`);
  return hostText(hostReport(inventory, name), style);
}

/** `runbook inventory`: what hosts and groups there are, and where a host's variables come from. */
export async function inventory(pattern: string | undefined, flags: InventoryFlags): Promise<number> {
  const project = await prepareInventory(await projectRequest(flags));
  showDiagnostics(project.warnings);
  const style = wantsColour(process.env, process.stdout.isTTY === true) ? colourStyle : plainStyle;
  let text: string;
  if (flags.host !== undefined) text = oneHost(project.inventory, flags.host, style);
  else if (flags.list === true) text = `${toJson(inventoryList(project.inventory), 2)}\n`;
  else if (flags.graph === true) text = printable(groupTree(project.inventory));
  else text = chosenHosts(project.inventory, pattern ?? 'all');
  process.stdout.write(text);
  return 0;
}
