import { type HostReport, prepareInventory } from '../../engine.ts';
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
  const lines = [style.bold(report.name), `  groups: ${report.groups.join(', ')}`];
  const section = (title: string, entries: readonly (readonly [string, string, string])[]) => {
    if (entries.length === 0) return;
    lines.push(`  ${title}:`);
    for (const [name, value, origin] of entries)
      lines.push(`    ${style.bold(name)} = ${printableLine(value)}  ${style.dim(origin)}`);
  };
  section(
    'connection',
    report.settings.map(({ name, value, origin }) => [name, toJson(value), origin]),
  );
  section(
    'variables',
    report.variables.map(({ name, value, origin }) => [name, toJson(value), origin]),
  );
  return `${lines.join('\n')}\n`;
}

/** `runbook inventory`: what hosts and groups there are, and where a host's variables come from. */
export async function inventory(pattern: string | undefined, flags: InventoryFlags): Promise<number> {
  const view = await prepareInventory(projectRequest(flags));
  showDiagnostics(view.warnings);
  const style = wantsColour(process.env, process.stdout.isTTY === true) ? colourStyle : plainStyle;
  if (flags.host !== undefined) process.stdout.write(hostText(view.host(flags.host), style));
  else if (flags.list === true) process.stdout.write(`${toJson(view.list(), 2)}\n`);
  else if (flags.graph === true) process.stdout.write(printable(view.tree()));
  else
    process.stdout.write(
      view
        .select(pattern ?? 'all')
        .map((name) => `${printableLine(name)}\n`)
        .join(''),
    );
  return 0;
}
