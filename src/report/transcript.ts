import type { RunEvent } from '../model/event.ts';
import { describeHosts } from './fold-hosts.ts';
import { printable } from './printable.ts';
import { recapText } from './recap.ts';
import type { Detail } from './result-text.ts';
import { settledText, troubleText } from './step-text.ts';
import { isTrouble, type StepTally, Tally } from './tally.ts';

type Of<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;

/** What the readers of a run's text are set up with. */
export interface TranscriptOptions extends Detail {
  readonly nowMs: () => number;
}

/** The permanent text of a run, and the state that it was made from. */
export interface Transcript {
  readonly tally: Tally;
  /** The text that an event adds: empty, or whole lines. */
  add(event: RunEvent): string;
}

/**
 * The text of a run that is never rewritten: a line when a step has ended on all its hosts, failures at once, a recap.
 * Lines of different hosts never mix.
 */
export function createTranscript(options: TranscriptOptions): Transcript {
  const tally = new Tally();
  let started: Of<'run-started'> | undefined;
  return {
    tally,
    add(event) {
      if (event.type === 'run-started') started = event;
      return eventText(event, tally.add(event, options.nowMs()), { tally, started, options });
    },
  };
}

interface State {
  readonly tally: Tally;
  readonly started: Of<'run-started'> | undefined;
  readonly options: Detail;
}

function eventText(event: RunEvent, step: StepTally | undefined, state: State): string {
  const { options } = state;
  switch (event.type) {
    case 'run-started':
      return runHeader(event, options);
    case 'play-started':
      return playHeader(state.started?.plays[event.play], options);
    case 'step-finished':
      return step !== undefined && isTrouble(event) ? troubleText(event, step, options) : '';
    case 'step-settled':
      return step === undefined ? '' : settledText(step, options);
    case 'notice':
      return noticeText(event, options);
    case 'run-finished':
      return closingText(event, state);
    default:
      return '';
  }
}

function runHeader(event: Of<'run-started'>, detail: Detail): string {
  const mode = event.checkMode ? detail.style.notice('  check mode: nothing will be changed') : '';
  return `${detail.style.bold(printable(event.playbook))}  ${detail.style.dim(`run ${event.runId}`)}${mode}\n`;
}

function playHeader(play: Of<'run-started'>['plays'][number] | undefined, detail: Detail): string {
  if (play === undefined) return '';
  return `\n${detail.style.bold(`PLAY ${printable(play.name)}`)}  ${detail.style.dim(printable(describeHosts(play.hosts, 70)))}\n`;
}

function noticeText(event: Of<'notice'>, detail: Detail): string {
  const host = event.host === undefined ? '' : `${printable(event.host)}: `;
  const hint = event.hint === undefined ? '' : `\n  hint: ${printable(event.hint)}`;
  const word = event.severity === 'warning' ? 'warning: ' : '';
  return `${detail.style.notice(`${word}${host}${printable(event.message)}`)}${hint}\n`;
}

function closingText(event: Of<'run-finished'>, { tally, options }: State): string {
  const open = [...tally.steps.values()].filter((step) => !step.settled);
  return (
    open.map((step) => settledText(step, options)).join('') + recapText(event, options.style, tally.checkMode)
  );
}
