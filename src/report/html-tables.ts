import { formatDuration } from '../lib/duration.ts';
import type { RunEvent } from '../model/event.ts';
import type { HostCounts } from '../model/outcome.ts';
import { formatPlace } from '../model/place.ts';
import type { CriticalPath } from './critical-path.ts';
import { type Html, html } from './html-text.ts';
import { plainStyle } from './reporter.ts';
import { resultText } from './result-text.ts';
import { isTrouble } from './tally.ts';
import type { Slice } from './timeline.ts';

const mostFailures = 1_000;
const mostOutputChars = 64_000;
const mostParts = 40;

/** Every failure with what it said, those first that were neither ignored nor rescued. */
export function failuresHtml(slices: readonly Slice[]): Html {
  const failed = slices.filter(({ finished }) => finished !== undefined && isTrouble(finished));
  if (failed.length === 0) return html`<h2>Failures</h2>\n<p class="soft">None.</p>\n`;
  const inOrder = [...failed].sort((a, b) => Number(isCalm(a)) - Number(isCalm(b)));
  const rows = inOrder.slice(0, mostFailures).map(failureRow);
  const left = failed.length - rows.length;
  const note = left === 0 ? undefined : html`<p class="soft">and ${left} more</p>`;
  return html`<h2>Failures (${failed.length})</h2>
<div class="card"><table><tr><th>host</th><th>step</th><th>outcome</th><th>what it said</th></tr>
${rows}</table></div>${note}
`;
}

function isCalm({ finished }: Slice): boolean {
  return finished?.ignored === true || finished?.rescued === true;
}

function failureRow(slice: Slice): Html {
  const { host, title, info, finished } = slice;
  if (finished === undefined || info === undefined) return html``;
  const text = resultText(finished, info, { verbosity: 2, style: plainStyle, githubActions: false });
  const cut = text.length > mostOutputChars ? `${text.slice(0, mostOutputChars)}\n… cut here …` : text;
  const calm = finished.ignored === true ? ', ignored' : finished.rescued === true ? ', rescued' : '';
  const mark = calm === '' ? finished.outcome : 'calm';
  return html`<tr><td>${host}</td><td class="name">${title}<br><code class="soft">${formatPlace(info.at)}</code></td>
<td class="mark ${mark}">${finished.outcome}${calm}</td><td class="said"><pre>${cut}</pre></td></tr>
`;
}

/** The chain of steps and waits that made the run as long as it was. */
export function pathHtml(path: CriticalPath | undefined): Html {
  if (path === undefined) return html``;
  const shown = path.parts.length <= mostParts ? path.parts : longestParts(path);
  const left = path.parts.length - shown.length;
  const rows = shown.map(
    ({ label, kind, startMs, endMs, waitedFor }) =>
      html`<tr><td class="n">${formatDuration(startMs)}</td><td class="n">${formatDuration(endMs - startMs)}</td>
<td class="name${kind === 'wait' ? ' soft' : ''}">${label}</td><td class="soft name">${waitedFor === undefined ? '' : `waited for ${waitedFor}`}</td></tr>
`,
  );
  const savings = path.savings.map(
    ({ limit, capacity, savedMs }) =>
      html`<p>One more permit of ${limit} (${capacity}) would have saved about ${formatDuration(savedMs)}.</p>`,
  );
  const note = left === 0 ? undefined : html`<p class="soft">and ${left} shorter parts</p>`;
  return html`<h2>Critical path</h2>
<div class="card"><table><tr><th class="n">at</th><th class="n">took</th><th>step</th><th></th></tr>
${rows}</table></div>${note}${savings}
`;
}

function longestParts({ parts }: CriticalPath): CriticalPath['parts'] {
  const kept = new Set(
    [...parts].sort((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs)).slice(0, mostParts),
  );
  return parts.filter((part) => kept.has(part));
}

const columns = [
  'ok',
  'changed',
  'skipped',
  'failed',
  'unreachable',
  'unknown',
  'cancelled',
  'ignored',
  'rescued',
] as const satisfies readonly (keyof HostCounts)[];

/** The counts of each host, and what handlers it still owes. */
export function hostsHtml(finished: Extract<RunEvent, { type: 'run-finished' }> | undefined): Html {
  if (finished === undefined) return html``;
  const { hosts, waitedMs = {}, owedHandlers } = finished;
  const rows = Object.entries(hosts).map(([host, counts]) => {
    const cells = columns.map(
      (key) => html`<td class="n${counts[key] === 0 ? ' zero' : ''}">${counts[key]}</td>`,
    );
    const owed = owedHandlers[host] ?? [];
    const owes = owed.length === 0 ? undefined : html` <span class="soft">owes ${owed.join(', ')}</span>`;
    const waited = waitedMs[host] ?? 0;
    return html`<tr><td>${host}${owes}</td>${cells}<td class="n${waited === 0 ? ' zero' : ''}">${formatDuration(waited)}</td></tr>
`;
  });
  const heads = [...columns, 'waited'].map((name) => html`<th class="n">${name}</th>`);
  return html`<h2>Hosts</h2>
<div class="card"><table><tr><th>host</th>${heads}</tr>
${rows}</table></div>
`;
}
