import { formatDuration } from '../lib/duration.ts';
import type { RunEvent, StepInfo } from '../model/event.ts';
import { formatPlace } from '../model/place.ts';
import { type Html, html } from './html-text.ts';
import type { Slice } from './timeline.ts';

type RunStarted = Extract<RunEvent, { type: 'run-started' }>;

/** What is told of one step over all its hosts. */
interface StepSum {
  readonly outcomes: Map<string, number>;
  workMs: number;
  waitedMs: number;
}

/** A table of the steps, by play: how their instances ended, their time at work and waiting, and their slack. */
export function stepsHtml(
  started: RunStarted | undefined,
  slices: readonly Slice[],
  slackMs: ReadonlyMap<number, number> | undefined,
): Html {
  if (started === undefined) return html``;
  const sums = sumsOf(slices);
  const rows = started.plays.flatMap((play) => {
    const steps = started.steps.filter((info) => info.play === play.index && sums.has(info.index));
    if (steps.length === 0) return [];
    const head = html`<tr><th colspan="6">play ${play.name}</th></tr>\n`;
    return [head, ...steps.map((info) => stepRow(info, sums.get(info.index), slackMs?.get(info.index)))];
  });
  return html`<h2>Steps</h2>
<div class="card"><table><tr><th>step</th><th>place</th><th>ended</th><th class="n">at work</th><th class="n">waited</th><th class="n">slack</th></tr>
${rows}</table></div>
`;
}

function sumsOf(slices: readonly Slice[]): ReadonlyMap<number, StepSum> {
  const sums = new Map<number, StepSum>();
  for (const { finished, state, info } of slices) {
    if (info === undefined) continue;
    const sum = sums.get(info.index) ?? { outcomes: new Map<string, number>(), workMs: 0, waitedMs: 0 };
    sums.set(info.index, sum);
    const word = state === 'open' ? 'under way' : state;
    sum.outcomes.set(word, (sum.outcomes.get(word) ?? 0) + 1);
    sum.workMs += finished?.durationMs ?? 0;
    sum.waitedMs += finished?.waitedMs ?? 0;
  }
  return sums;
}

function stepRow(info: StepInfo, sum: StepSum | undefined, slackMs: number | undefined): Html {
  const ended = [...(sum?.outcomes ?? [])].map(([word, count]) => `${count} ${word}`).join(', ');
  return html`<tr><td class="name">${info.title}</td><td><code class="soft">${formatPlace(info.at)}</code></td><td>${ended}</td>
<td class="n">${formatDuration(sum?.workMs ?? 0)}</td><td class="n">${formatDuration(sum?.waitedMs ?? 0)}</td><td class="n">${slackMs === undefined ? '' : formatDuration(slackMs)}</td></tr>
`;
}
