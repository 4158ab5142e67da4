import { formatDuration } from '../lib/duration.ts';
import { formatPlace } from '../model/place.ts';
import type { NodeId } from '../model/plan.ts';
import { type Html, html } from './html-text.ts';
import { hostLanes } from './lanes.ts';
import { toJson } from './result-text.ts';
import { isTrouble } from './tally.ts';
import type { Slice, Timeline } from './timeline.ts';

const rowHeightPx = 22;
/** A page with more than this would be slow to open. */
const mostBars = 8_000;
/** Of the whole: what is narrower has no room for a name. */
const leastNamed = 0.02;

/** The timeline of hosts and steps: a row for each host (more where steps ran beside each other), a bar for each step. */
export function timelineHtml(timeline: Timeline, critical: ReadonlySet<NodeId>): Html {
  const wholeMs = Math.max(1, timeline.endMs);
  const drawn = chooseBars(timeline.slices, critical);
  const left = timeline.slices.length - drawn.length;
  const rows = hostLanes(drawn, timeline.started?.hosts ?? []);
  const heightOf = (lanes: readonly unknown[]) => lanes.length * rowHeightPx + 4;
  const names = rows.map(
    ({ host, lanes }) => html`<div style="height:${heightOf(lanes)}px">${host ?? '(plays)'}</div>`,
  );
  const tracks = rows.map(
    ({ lanes }) =>
      html`<div class="row" style="height:${heightOf(lanes)}px">${lanes.flatMap((lane, index) =>
        lane.map((slice) => bar(slice, index, wholeMs, critical)),
      )}</div>\n`,
  );
  const note = left === 0 ? undefined : html`<p class="soft">${left} shorter steps are not drawn.</p>`;
  return html`<h2>Timeline</h2>
${legend}
<div class="card hosts"><div class="names"><div class="scale">host</div>${names}</div>
<div class="scroll"><div class="tracks">${ticks(wholeMs)}${tracks}</div></div></div>${note}
`;
}

const legend = html`<div class="legend"><span><i class="ok"></i>ok</span><span><i class="changed"></i>changed</span>
<span><i class="failed"></i>failed &#10005;</span><span><i class="unreachable"></i>unreachable &#10005;</span>
<span><i class="unknown"></i>unknown ?</span><span><i class="skipped"></i>skipped</span>
<span><i class="cancelled"></i>cancelled</span><span><i class="wait"></i>waits</span>
<span><i class="critical"></i>critical path</span>
<span class="zoom">zoom<input type="radio" name="zoom" id="zoom1" checked><label for="zoom1">1&times;</label>
<input type="radio" name="zoom" id="zoom4"><label for="zoom4">4&times;</label>
<input type="radio" name="zoom" id="zoom16"><label for="zoom16">16&times;</label></span></div>`;

/** What took no time is drawn only where it tells something; of too many the longest are. */
function chooseBars(slices: readonly Slice[], critical: ReadonlySet<NodeId>): readonly Slice[] {
  const must = ({ node, finished }: Slice) =>
    critical.has(node) || (finished !== undefined && isTrouble(finished));
  const worth = slices.filter((slice) => slice.endMs - slice.startMs >= 0.05 || must(slice));
  if (worth.length <= mostBars) return worth;
  const rank = (slice: Slice) => (must(slice) ? Number.POSITIVE_INFINITY : slice.endMs - slice.startMs);
  const byRank = [...worth].sort((a, b) => (rank(b) > rank(a) ? 1 : rank(b) < rank(a) ? -1 : 0));
  return byRank.slice(0, mostBars);
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(3)}%`;
}

/** What tells trouble without its colour. */
const signs: ReadonlyMap<Slice['state'], string> = new Map([
  ['failed', '✕ '],
  ['unreachable', '✕ '],
  ['unknown', '? '],
]);

function bar(slice: Slice, lane: number, wholeMs: number, critical: ReadonlySet<NodeId>): Html {
  const { startMs, endMs, state, waits, finished, title } = slice;
  const spanMs = endMs - startMs;
  const isNamed = spanMs / wholeMs >= leastNamed;
  const isCalm = finished?.ignored === true || finished?.rescued === true;
  const classes = ['bar', state, critical.has(slice.node) ? 'critical' : '', isCalm ? 'calm' : ''];
  const sign = signs.get(state) ?? '';
  const place = `left:${percent(startMs, wholeMs)};width:${percent(spanMs, wholeMs)};top:${2 + lane * rowHeightPx}px`;
  const inside =
    state === 'waited'
      ? []
      : waits.map(
          (wait) =>
            html`<i class="wait" style="left:${percent(wait.startMs - startMs, spanMs)};width:${percent(wait.endMs - wait.startMs, spanMs)}"></i>`,
        );
  // A name is read on the colour of its bar, not on the hatching of a wait.
  const first = state === 'waited' ? undefined : waits[0];
  const fromMs = first !== undefined && first.startMs - startMs < spanMs / 20 ? first.endMs - startMs : 0;
  const text = isNamed
    ? html`<span style="left:${percent(fromMs, spanMs)}">${sign}${title}</span>`
    : undefined;
  return html`<div class="${classes.filter((one) => one !== '').join(' ')}" style="${place}" title="${tooltip(slice)}">${inside}${text}</div>`;
}

/** All that is known of a slice, for who points at its bar. */
function tooltip({ title, host, startMs, endMs, waits, state, info, finished }: Slice): string {
  const mark = finished?.ignored ? ', ignored' : finished?.rescued ? ', rescued' : '';
  const item = finished?.item;
  const lines = [
    host === undefined ? title : `${title} on ${host}`,
    ...(item === undefined ? [] : [`item ${toJson(item)}`]),
    `${state}${mark}, ${formatDuration(startMs)} to ${formatDuration(endMs)} (${formatDuration(endMs - startMs)})`,
    ...waits.map((wait) => `waited ${formatDuration(wait.endMs - wait.startMs)} for ${wait.what}`),
  ];
  if (info !== undefined) lines.push(formatPlace(info.at));
  return lines.join('\n');
}

/** A scale of round times, about eight of them. */
function ticks(wholeMs: number): Html {
  const rawMs = wholeMs / 8;
  const power = 10 ** Math.floor(Math.log10(rawMs));
  const stepMs = ([1, 2, 5, 10].find((factor) => factor * power >= rawMs) ?? 10) * power;
  const times = Array.from({ length: Math.floor(wholeMs / stepMs) + 1 }, (_, index) => index * stepMs);
  const lines = times.map((ms) => html`<div class="grid" style="left:${percent(ms, wholeMs)}"></div>`);
  const labels = times
    .filter((ms) => ms / wholeMs < 0.97)
    .map((ms) => html`<span style="left:${percent(ms, wholeMs)}">${scaleText(ms)}</span>`);
  return html`${lines}<div class="ticks">${labels}</div>`;
}

function scaleText(ms: number): string {
  if (ms === 0) return '0';
  if (ms < 1_000) return `${Number(ms.toPrecision(3))} ms`;
  return ms < 60_000 ? `${Number((ms / 1_000).toFixed(2))} s` : formatDuration(ms);
}
