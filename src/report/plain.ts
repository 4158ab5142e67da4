import type { RunEvent } from '../model/event.ts';
import { describeHosts } from './fold-hosts.ts';
import { printable } from './printable.ts';
import { recapText } from './recap.ts';
import type { Reporter, TextSink } from './reporter.ts';
import type { Detail } from './result-text.ts';
import { settledText, troubleText } from './step-text.ts';
import { isTrouble, Tally } from './tally.ts';

/** How the plain reporter is set up. */
export interface PlainOptions extends Detail {
  readonly nowMs: () => number;
}

/** The line that opens a run. */
export function runHeader(
  event: Extract<RunEvent, { readonly type: 'run-started' }>,
  detail: Detail,
): string {
  const mode = event.checkMode ? detail.style.notice('  check mode: nothing will be changed') : '';
  return `${detail.style.bold(printable(event.playbook))}  run ${event.runId}${mode}\n`;
}

/** The line that opens a play. */
export function playHeader(name: string, hosts: readonly string[], detail: Detail): string {
  return `\n${detail.style.bold(`PLAY ${printable(name)}`)}  ${detail.style.dim(printable(describeHosts(hosts, 70)))}\n`;
}

/** A message of the run that belongs to no step. */
export function noticeText(event: Extract<RunEvent, { readonly type: 'notice' }>, detail: Detail): string {
  const host = event.host === undefined ? '' : `${printable(event.host)}: `;
  const hint = event.hint === undefined ? '' : `\n  hint: ${printable(event.hint)}`;
  const word = event.severity === 'warning' ? 'warning: ' : '';
  return `${detail.style.notice(`${word}${host}${printable(event.message)}`)}${hint}\n`;
}

/**
 * Text for files, pipes and CI logs: a line when a step has ended on all its hosts, failures at once, a recap.
 * Nothing is ever rewritten, and lines of different hosts never mix.
 */
export function plainReporter(sink: TextSink, options: PlainOptions): Reporter {
  const tally = new Tally();
  const hostsOfPlay = new Map<number, readonly string[]>();
  return {
    event(event) {
      const step = tally.add(event, options.nowMs());
      switch (event.type) {
        case 'run-started':
          for (const play of event.plays) hostsOfPlay.set(play.index, play.hosts);
          sink.write(runHeader(event, options));
          break;
        case 'play-started':
          sink.write(
            playHeader(tally.playNames[event.play] ?? '', hostsOfPlay.get(event.play) ?? [], options),
          );
          break;
        case 'step-finished':
          if (step !== undefined && isTrouble(event)) sink.write(troubleText(event, step, options));
          break;
        case 'step-settled':
          if (step !== undefined) sink.write(settledText(step, options));
          break;
        case 'notice':
          sink.write(noticeText(event, options));
          break;
        case 'run-finished':
          sink.write(closingText(tally, event, options));
          break;
        default:
          break;
      }
    },
  };
}

function closingText(
  tally: Tally,
  event: Extract<RunEvent, { readonly type: 'run-finished' }>,
  detail: Detail,
): string {
  const open = [...tally.steps.values()].filter((step) => !step.settled);
  return (
    open.map((step) => settledText(step, detail)).join('') + recapText(event, detail.style, tally.checkMode)
  );
}
