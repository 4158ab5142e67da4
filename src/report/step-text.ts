import { assertNever } from '../lib/assert-never.ts';
import { formatDuration } from '../lib/duration.ts';
import type { StepFinished } from '../model/event.ts';
import type { Outcome } from '../model/outcome.ts';
import { formatPlace } from '../model/place.ts';
import { describeHosts } from './fold-hosts.ts';
import { printable, printableLine } from './printable.ts';
import type { Style } from './reporter.ts';
import { type Detail, groupByText, indent, resultText } from './result-text.ts';
import { isTrouble, type StepTally } from './tally.ts';

/** How an end is told: a failure that the run goes on from, or a step that a rescue passed over, as what it is. */
export type Standing = Outcome | 'ignored' | 'rescued' | 'passed over';

/** From worst to best: the worst one names the line of a step. */
const worstFirst: readonly Standing[] = [
  'failed',
  'unknown',
  'unreachable',
  'ignored',
  'rescued',
  'changed',
  'ok',
  'skipped',
  'cancelled',
  'passed over',
];

/** How the end of an instance is told. */
export function standingOf(result: StepFinished): Standing {
  if (result.outcome === 'cancelled' && result.passedOver === true) return 'passed over';
  if (!isTrouble(result)) return result.outcome;
  if (result.ignored === true) return 'ignored';
  return result.rescued === true ? 'rescued' : result.outcome;
}

/** The word for an end, padded to one width and coloured. */
export function outcomeWord(outcome: Standing, style: Style): string {
  const word = outcome.padEnd(11);
  switch (outcome) {
    case 'ok':
      return style.ok(word);
    case 'changed':
      return style.changed(word);
    case 'skipped':
      return style.skipped(word);
    case 'failed':
    case 'unreachable':
    case 'unknown':
      return style.failed(word.toUpperCase());
    case 'ignored':
    case 'rescued':
      return style.notice(word);
    case 'cancelled':
    case 'passed over':
      return style.dim(word);
    default:
      return assertNever(outcome);
  }
}

/** What stands for a whole step: its worst end; undefined when nothing happened. */
export function stepOutcome(tally: StepTally): Standing | undefined {
  return worstFirst.find((standing) => tally.results.some((result) => standingOf(result) === standing));
}

/** `2 changed (web[1-2]), 18 ok`: counts by outcome, hosts named where they fit. */
export function countsText(tally: StepTally, width = 48): string {
  const groups = worstFirst
    .map((outcome) => ({
      outcome,
      hosts: tally.results.filter((result) => standingOf(result) === outcome).map((result) => result.host),
    }))
    .filter((group) => group.hosts.length > 0);
  const [only] = groups;
  if (groups.length === 1 && only !== undefined) return describeOnce(only.hosts, width);
  return groups
    .map(({ outcome, hosts }) => {
      const named = describeHosts([...new Set(hosts)], 24);
      return named.endsWith(' hosts')
        ? `${hosts.length} ${outcome}`
        : `${hosts.length} ${outcome} (${named})`;
    })
    .join(', ');
}

/** Hosts by name; of a step that ended several times on a host, how often in all. */
function describeOnce(hosts: readonly string[], width: number): string {
  const single = [...new Set(hosts)];
  const named = describeHosts(single, width);
  return single.length === hosts.length ? named : `${named}, ${hosts.length} times`;
}

/**
 * The line of a settled step, with what its hosts said below it. Failures have been shown before and are only
 * counted; where nothing else happened, there is no line.
 */
export function settledText(tally: StepTally, detail: Detail): string {
  const outcome = stepOutcome(tally);
  if (outcome === undefined || tally.results.every(isTrouble)) return '';
  const longest = Math.max(0, ...tally.results.map((result) => result.durationMs));
  const { style } = detail;
  const waited = Math.max(0, ...tally.results.map((result) => result.waitedMs));
  const times = [
    ...(longest >= 1_000 ? [formatDuration(longest)] : []),
    ...(waited >= 1_000 && detail.verbosity >= 1 ? [`waited ${formatDuration(waited)}`] : []),
  ];
  const time = times.length > 0 ? style.dim(`  ${times.join(', ')}`) : '';
  const lines = [
    `  ${outcomeWord(outcome, style)} ${style.bold(printableLine(tally.title))}  ${style.dim(countsText(tally))}${time}`,
  ];
  if (detail.verbosity >= 2) lines.push(indent(style.dim(formatPlace(tally.info.at)), 14));
  const quiet = tally.results.filter((result) => !isTrouble(result));
  for (const group of groupByText(quiet, tally.info, detail)) {
    if (group.text === '') continue;
    if (tally.results.length > 1)
      lines.push(indent(style.dim(`${describeHosts([...new Set(group.hosts)], 90)}:`), 14));
    lines.push(indent(group.text, tally.results.length > 1 ? 16 : 14));
  }
  return `${lines.join('\n')}\n`;
}

/** What to show at once when an instance fails: the host, the reason, the place. */
export function troubleText(event: StepFinished, tally: StepTally, detail: Detail): string {
  const { style } = detail;
  const note = event.ignored === true ? ' (ignored)' : event.rescued === true ? ' (rescued)' : '';
  const item = event.item === undefined ? '' : ` [${printableLine(String(event.item))}]`;
  const head = `  ${outcomeWord(event.outcome, style)} ${style.bold(printableLine(event.title))}${item}  ${printable(event.host)}${note}`;
  const body = resultText(event, tally.info, detail);
  const place = style.dim(`at ${formatPlace(tally.info.at)}`);
  return `${[head, ...(body === '' ? [] : [indent(body, 14)]), indent(place, 14)].join('\n')}\n`;
}
