import { formatDuration } from '../lib/duration.ts';
import type { RunEvent } from '../model/event.ts';
import type { HostCounts } from '../model/outcome.ts';
import { describeHosts } from './fold-hosts.ts';
import { printable } from './printable.ts';
import { plainStyle, type Style } from './reporter.ts';

type RunFinished = Extract<RunEvent, { readonly type: 'run-finished' }>;

/**
 * Ansible's keys in Ansible's order, then ours; the last two appear only where they count something. In `short` lines
 * each key but `ok` does.
 */
function countsLine(counts: HostCounts, style: Style, short: boolean): string {
  const part = (key: keyof HostCounts, colour: (text: string) => string) => {
    if (short && counts[key] === 0 && key !== 'ok') return '';
    const text = `${key}=${counts[key]}`.padEnd(short ? 0 : key.length + 5);
    return counts[key] > 0 ? colour(text) : text;
  };
  const line = [
    part('ok', style.ok),
    part('changed', style.changed),
    part('unreachable', style.failed),
    part('failed', style.failed),
    part('skipped', style.skipped),
    part('rescued', style.notice),
    part('ignored', style.notice),
  ];
  if (counts.unknown > 0) line.push(part('unknown', style.failed));
  if (counts.cancelled > 0) line.push(part('cancelled', style.dim));
  return line
    .filter((text) => text !== '')
    .join(' ')
    .trimEnd();
}

/** More hosts than this are listed by what they have in common. */
const maxHostLines = 25;

function recapRows(
  { hosts, waitedMs = {} }: RunFinished,
  style: Style,
  short: boolean,
): { readonly label: string; readonly line: string }[] {
  const rows = Object.entries(hosts).map(([host, counts]) => ({
    host,
    line: countsLine(counts, style, short),
  }));
  if (rows.length <= maxHostLines)
    return rows.map(({ host, line }) => ({
      label: printable(host),
      line: `${line}${waitedText(waitedMs[host] ?? 0, style)}`,
    }));
  const groups = new Map<string, string[]>();
  for (const { host, line } of rows) groups.set(line, [...(groups.get(line) ?? []), host]);
  return [...groups].map(([line, names]) => ({ label: printable(describeHosts(names, 40)), line }));
}

/** Time waited is no work: it is told apart, from a second on. */
function waitedText(waitedMs: number, style: Style): string {
  return waitedMs < 1_000 ? '' : style.dim(`  waited ${formatDuration(waitedMs)}`);
}

const widthOf = (rows: readonly { readonly label: string }[]): number =>
  rows.reduce((width, row) => Math.max(width, row.label.length), 0);

function verdict(event: RunFinished, style: Style, checkMode: boolean): string {
  const time = formatDuration(event.durationMs);
  if (event.interrupted) return style.failed(`interrupted after ${time}`);
  const changed = Object.values(event.hosts).reduce((sum, counts) => sum + counts.changed, 0);
  switch (event.outcome) {
    case 'ok':
      return style.ok(`ok: nothing changed, ${time}`);
    case 'changed':
      return style.changed(
        checkMode ? `ok: ${changed} would change, ${time}` : `ok: changed=${changed}, ${time}`,
      );
    case 'failed':
      return style.failed(`failed after ${time}`);
    case 'unreachable':
      return style.failed(`some hosts could not be reached, ${time}`);
    case 'unknown':
      return style.failed(`the outcome of a step is unknown, ${time}`);
    case 'cancelled':
      return style.failed(`cancelled after ${time}`);
  }
}

/**
 * The table at the end of a run: one line a host (alike hosts together in large runs), then the verdict. Where lines do
 * not fit into `columns`, what counts nothing is left out of them.
 */
export function recapText(
  event: RunFinished,
  style: Style,
  checkMode: boolean,
  columns: number = Number.POSITIVE_INFINITY,
): string {
  const fits = recapRows(event, plainStyle, false).every(
    (row, _index, all) => 4 + widthOf(all) + row.line.length <= columns,
  );
  const rows = recapRows(event, style, !fits);
  const width = widthOf(rows);
  const lines = rows.map((row) => `  ${row.label.padEnd(width)}  ${row.line}`);
  const owed = Object.entries(event.owedHandlers)
    .filter(([, names]) => names.length > 0)
    .map(([host, names]) =>
      style.notice(`  ${printable(host)} still owes: ${names.map(printable).join(', ')}`),
    );
  const note = checkMode ? ' (check mode: nothing was changed)' : '';
  return `\n${style.bold('RECAP')}${note}\n${[...lines, ...owed].join('\n')}\n${verdict(event, style, checkMode)}\n`;
}
