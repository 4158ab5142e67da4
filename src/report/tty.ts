import { Listr, type ListrRenderer, type ListrTaskWrapper } from 'listr2';
import { formatDuration } from '../lib/duration.ts';
import type { RunEvent } from '../model/event.ts';
import { describeHosts } from './fold-hosts.ts';
import { LiveFrame } from './live-frame.ts';
import { noticeText, type PlainOptions, playHeader, runHeader } from './plain.ts';
import { printableLine } from './printable.ts';
import { recapText } from './recap.ts';
import type { Reporter, Style, TextSink } from './reporter.ts';
import { settledText, troubleText } from './step-text.ts';
import { isTrouble, resultsOf, type StepTally, Tally } from './tally.ts';

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;

type Wrapper = ListrTaskWrapper<unknown, typeof ListrRenderer, typeof ListrRenderer>;

/** One row a step: how many hosts are done, what happened so far, and whom it waits for. */
export function stepRow(tally: StepTally, style: Style, nowMs: number): string {
  const frame = spinner[Math.floor(nowMs / frameMs) % spinner.length] ?? '';
  const done = tally.results.length;
  const parts = [`${done}/${tally.info.instances}`];
  const changed = resultsOf(tally, 'changed').length;
  const trouble = tally.results.filter(isTrouble).length;
  if (changed > 0) parts.push(style.changed(`${changed} changed`));
  if (trouble > 0) parts.push(style.failed(`${trouble} failed`));
  const running = [...tally.running];
  if (running.length > 0) parts.push(style.dim(`on ${describeHosts(running, 30)}`));
  const [waitingFor] = tally.waiting.values();
  if (running.length === 0 && waitingFor !== undefined)
    parts.push(style.dim(`waiting for ${printableLine(waitingFor)}`));
  const elapsedMs = tally.startedAtMs === undefined ? 0 : nowMs - tally.startedAtMs;
  const time = elapsedMs >= 1_000 ? `  ${formatDuration(elapsedMs)}` : '';
  return `  ${style.ok(frame)} ${printableLine(tally.title)}  ${parts.join(' · ')}${style.dim(time)}`;
}

/**
 * Live progress for terminals. listr2 runs one task for each step, which ends when the step has ended on all its hosts;
 * its renderer is this one, because the default draws every task in every frame, which does not hold for large runs.
 * Ended steps scroll away above; below them is one row for each step under way, redrawn ten times a second at most.
 */
export function ttyReporter(sink: TextSink, options: PlainOptions): Reporter {
  const tally = new Tally();
  const live = new LiveFrame(sink);
  const settle = new Map<number, () => void>();
  const hostsOfPlay = new Map<number, readonly string[]>();
  let permanent = '';
  let list: Promise<unknown> = Promise.resolve();

  const activeRows = () =>
    [...tally.steps.values()]
      .filter((step) => !step.settled && (step.running.size > 0 || step.waiting.size > 0))
      .map((step) => stepRow(step, options.style, options.nowMs()));
  const draw = () => {
    const text = permanent;
    permanent = '';
    live.draw(text, withOverflow(activeRows(), sink.rows ?? 24));
  };

  class StepRows {
    static rendererOptions = {};
    static rendererTaskOptions = {};
    static nonTTY = true;
    #timer: NodeJS.Timeout | undefined;
    render = () => {
      this.#timer = setInterval(draw, frameMs);
    };
    end = () => {
      clearInterval(this.#timer);
      live.close(permanent);
      permanent = '';
    };
  }

  const begin = (event: Extract<RunEvent, { readonly type: 'run-started' }>) => {
    permanent += runHeader(event, options);
    for (const play of event.plays) hostsOfPlay.set(play.index, play.hosts);
    const tasks = event.steps.map((info) => ({
      title: info.title,
      task: (_context: unknown, _task: Wrapper) =>
        new Promise<void>((resolve) => settle.set(info.index, resolve)),
    }));
    // The class has all that listr2 asks of a renderer; its declared type also names its private base.
    const renderer = StepRows as unknown as typeof ListrRenderer;
    list = new Listr(tasks, { concurrent: true, registerSignalListeners: false, renderer }).run();
  };

  return {
    event(event) {
      const step = tally.add(event, options.nowMs());
      if (event.type === 'run-started') begin(event);
      else if (event.type === 'play-started') {
        permanent += playHeader(
          tally.playNames[event.play] ?? '',
          hostsOfPlay.get(event.play) ?? [],
          options,
        );
      } else if (event.type === 'step-finished' && step !== undefined && isTrouble(event)) {
        permanent += troubleText(event, step, options);
      } else if (event.type === 'step-settled' && step !== undefined) {
        permanent += settledText(step, options);
        settle.get(event.step)?.();
      } else if (event.type === 'notice') permanent += noticeText(event, options);
      else if (event.type === 'run-finished') {
        for (const open of tally.steps.values()) if (!open.settled) permanent += settledText(open, options);
        permanent += recapText(event, options.style, tally.checkMode);
        for (const resolve of settle.values()) resolve();
      }
    },
    async close() {
      for (const resolve of settle.values()) resolve();
      await list;
    },
  };
}

function withOverflow(rows: readonly string[], terminalRows: number): readonly string[] {
  const room = Math.max(1, Math.min(terminalRows - 4, 20));
  if (rows.length <= room) return rows;
  return [...rows.slice(0, room - 1), `    … ${rows.length - room + 1} more steps under way`];
}
