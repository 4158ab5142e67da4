import { Listr, type ListrRenderer } from 'listr2';
import { formatDuration } from '../lib/duration.ts';
import type { StepInfo } from '../model/event.ts';
import { waitText } from '../model/wait.ts';
import { describeHosts } from './fold-hosts.ts';
import { LiveFrame } from './live-frame.ts';
import { printableLine } from './printable.ts';
import type { Reporter, Style, TextSink } from './reporter.ts';
import { standingOf } from './step-text.ts';
import { isTrouble, resultsOf, type StepTally, type TallyWait } from './tally.ts';
import { createTranscript, type TranscriptOptions } from './transcript.ts';

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;

/** One row a step: how many hosts are done, what happened so far, and whom it waits for. */
export function stepRow(tally: StepTally, style: Style, nowMs: number): string {
  const frame = spinner[Math.floor(nowMs / frameMs) % spinner.length] ?? '';
  const done = tally.results.length;
  const parts = [`${done}/${tally.info.instances}`];
  const changed = resultsOf(tally, 'changed').length;
  const ends = tally.results.filter(isTrouble).map(standingOf);
  const calm = ['ignored', 'rescued'] as const;
  const trouble = ends.filter((end) => end !== 'ignored' && end !== 'rescued').length;
  if (changed > 0) parts.push(style.changed(`${changed} changed`));
  if (trouble > 0) parts.push(style.failed(`${trouble} failed`));
  for (const word of calm) {
    const count = ends.filter((end) => end === word).length;
    if (count > 0) parts.push(style.notice(`${count} ${word}`));
  }
  const running = [...tally.running].filter((host) => !tally.waiting.has(host));
  if (running.length > 0) parts.push(style.dim(`on ${describeHosts(running, 30)}`));
  const [wait] = tally.waiting.values();
  if (wait !== undefined) parts.push(style.dim(waitingText(wait, nowMs, tally.waiting.size)));
  const elapsedMs = tally.startedAtMs === undefined ? 0 : nowMs - tally.startedAtMs;
  const time = elapsedMs >= 1_000 ? `  ${formatDuration(elapsedMs)}` : '';
  return `  ${style.ok(frame)} ${printableLine(tally.title)}  ${parts.join(' · ')}${style.dim(time)}`;
}

/** `waiting for lock "schema", held by step "migrate" on db1, 12.0 s`; of several waits the first. */
function waitingText(wait: TallyWait, nowMs: number, count: number): string {
  const { for: what, kind, holders } = wait.begun;
  const text = waitText(what, kind, holders, nowMs - wait.sinceMs);
  return printableLine(`${count > 1 ? `${count} waiting` : 'waiting'} for ${text}`);
}

/** The row of a block or play that waits as a whole. */
function wholeRow(wait: TallyWait, style: Style, nowMs: number): string {
  return `  ${style.dim(`${printableLine(wait.begun.who)} · ${waitingText(wait, nowMs, 1)}`)}`;
}

/**
 * Live progress for terminals. listr2 runs one task for each step, which ends when the step has ended on all its hosts;
 * its renderer is this one, because the default draws every task in every frame, which does not hold for large runs.
 * The transcript scrolls away above; below it is one row for each step under way, redrawn ten times a second at most.
 */
export function ttyReporter(sink: TextSink, options: TranscriptOptions): Reporter {
  const transcript = createTranscript({ ...options, columns: () => sink.columns });
  const live = new LiveFrame(sink);
  const settle = new Map<number, () => void>();
  let permanent = '';
  let list: Promise<unknown> = Promise.resolve();
  let paused = 0;

  const takePermanent = () => {
    const text = permanent;
    permanent = '';
    return text;
  };
  const activeRows = () => [
    ...[...transcript.tally.wholes.values()].map((wait) => wholeRow(wait, options.style, options.nowMs())),
    ...[...transcript.tally.steps.values()]
      .filter((step) => !step.settled && (step.running.size > 0 || step.waiting.size > 0))
      .map((step) => stepRow(step, options.style, options.nowMs())),
  ];

  class StepRows {
    static rendererOptions = {};
    static rendererTaskOptions = {};
    static nonTTY = true;
    #timer: NodeJS.Timeout | undefined;
    render = () => {
      this.#timer = setInterval(() => {
        if (paused === 0) live.draw(takePermanent(), withOverflow(activeRows(), sink.rows ?? 24));
      }, frameMs);
    };
    end = () => {
      clearInterval(this.#timer);
      live.close(takePermanent());
    };
  }

  const begin = (steps: readonly StepInfo[]) => {
    const tasks = steps.map((info) => ({
      title: info.title,
      task: () => new Promise<void>((resolve) => settle.set(info.index, resolve)),
    }));
    // The class has all that listr2 asks of a renderer; the declared type only lacks these narrower signatures.
    const renderer = StepRows as unknown as typeof ListrRenderer;
    list = new Listr(tasks, { concurrent: true, registerSignalListeners: false, renderer }).run();
  };
  const endAll = () => {
    for (const resolve of settle.values()) resolve();
  };

  return {
    event(event) {
      permanent += transcript.add(event);
      if (event.type === 'run-started') begin(event.steps);
      else if (event.type === 'step-settled') settle.get(event.step)?.();
    },
    pause() {
      paused++;
      live.close(takePermanent());
      return () => {
        paused--;
      };
    },
    async close() {
      endAll();
      await list;
      live.close(takePermanent());
    },
  };
}

function withOverflow(rows: readonly string[], terminalRows: number): readonly string[] {
  const room = Math.max(1, Math.min(terminalRows - 4, 20));
  if (rows.length <= room) return rows;
  return [...rows.slice(0, room - 1), `    … ${rows.length - room + 1} more steps under way`];
}
