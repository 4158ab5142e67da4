import type { RunEvent } from '../model/event.ts';
import { waitText } from '../model/wait.ts';
import { criticalPath } from './critical-path.ts';
import { describeHosts } from './fold-hosts.ts';
import { pathText } from './path-text.ts';
import { printable, printableLine } from './printable.ts';
import { recapText } from './recap.ts';
import { createRecorder } from './recording.ts';
import type { Detail } from './result-text.ts';
import { settledText, troubleText } from './step-text.ts';
import { isTrouble, type StepTally, Tally } from './tally.ts';

type Of<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;

/** What the readers of a run's text are set up with. */
export interface TranscriptOptions extends Detail {
  readonly nowMs: () => number;
  /** The width of the terminal at this moment; undefined where the text goes elsewhere. */
  readonly columns?: () => number | undefined;
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
  const toldWaits = new Set<string>();
  const recorder = options.verbosity >= 1 ? createRecorder() : undefined;
  let started: Of<'run-started'> | undefined;
  return {
    tally,
    add(event) {
      const nowMs = options.nowMs();
      recorder?.add(event, nowMs);
      if (event.type === 'run-started') started = event;
      const text = eventText(event, tally.add(event, nowMs), { tally, toldWaits, started, options });
      const recording = event.type === 'run-finished' ? recorder?.recording() : undefined;
      const path = recording === undefined ? undefined : criticalPath(recording);
      return path === undefined ? text : `${pathText(path, options.style)}${text}`;
    },
  };
}

interface State {
  readonly tally: Tally;
  /** Waits that need no second line. */
  readonly toldWaits: Set<string>;
  readonly started: Of<'run-started'> | undefined;
  readonly options: TranscriptOptions;
}

function eventText(event: RunEvent, step: StepTally | undefined, state: State): string {
  const { options } = state;
  switch (event.type) {
    case 'run-started':
      return runHeader(event, options);
    case 'play-started':
      return playHeader(state.started?.plays[event.play], event.hosts, options);
    case 'step-finished':
      return step !== undefined && isTrouble(event) ? troubleText(event, step, options) : '';
    case 'step-settled':
      return step === undefined ? '' : settledText(step, options);
    case 'step-waiting':
      return waitingLine(event, state);
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

function playHeader(
  play: Of<'run-started'>['plays'][number] | undefined,
  late: readonly string[] | undefined,
  detail: Detail,
): string {
  if (play === undefined) return '';
  const hosts = late ?? play.hosts;
  const names = hosts.length === 0 ? 'no hosts matched' : printable(describeHosts(hosts, 70));
  return `\n${detail.style.bold(`PLAY ${printable(play.name)}`)}  ${detail.style.dim(names)}\n`;
}

/**
 * A line for a wait: always for what people set from outside, with `-v` for the first host of a step that waits for a
 * thing, with `-vv` for every one.
 */
function waitingLine(event: Of<'step-waiting'>, { toldWaits, started, options }: State): string {
  const { verbosity, style } = options;
  const isExternal = event.kind === 'external';
  const key = isExternal ? event.for : `${event.step ?? `node ${event.node}`} ${event.for}`;
  if ((verbosity < 1 && !isExternal) || (verbosity < 2 && toldWaits.has(key))) return '';
  toldWaits.add(key);
  const text = printableLine(`${event.who} waits for ${waitText(event.for, event.kind, event.holders)}`);
  const name = event.for.replace(/^event "(.*)"$/, '$1');
  const hint = isExternal
    ? `\n    runbook event set ${started?.runId ?? 'latest'} ${printableLine(name)}`
    : '';
  return `  ${style.dim(`${text}${hint}`)}\n`;
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
    open.map((step) => settledText(step, options)).join('') +
    recapText(event, options.style, tally.checkMode, options.columns?.())
  );
}
