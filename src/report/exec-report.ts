import type { StepFinished, StepInfo } from '../model/event.ts';
import { foldHosts } from './fold-hosts.ts';
import { printable } from './printable.ts';
import type { Reporter, TextSink } from './reporter.ts';
import { indent, resultText } from './result-text.ts';
import { outcomeWord } from './step-text.ts';
import { isTrouble } from './tally.ts';
import type { TranscriptOptions } from './transcript.ts';

interface Group {
  readonly event: StepFinished;
  readonly text: string;
  readonly hosts: string[];
}

function groupsOf(
  events: readonly StepFinished[],
  info: StepInfo,
  options: TranscriptOptions,
): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const event of events) {
    const text = resultText(event, info, options);
    const key = `${event.outcome} ${event.rc ?? ''} ${text}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { event, text, hosts: [event.host] });
    else group.hosts.push(event.host);
  }
  return [...groups.values()];
}

function groupText(group: Group, options: TranscriptOptions): string {
  const { style } = options;
  const word =
    group.event.outcome === 'changed' ? style.ok('ok') : outcomeWord(group.event.outcome, style).trimEnd();
  const rc =
    group.event.rc === undefined || group.event.rc === 0 || isTrouble(group.event)
      ? ''
      : ` rc=${group.event.rc}`;
  const many = group.hosts.length > 1 ? `${group.hosts.length} hosts: ` : '';
  const head = `${style.bold(`${many}${printable(foldHosts(group.hosts))}`)}  ${word}${rc}`;
  return `${head}\n${group.text === '' ? '' : `${indent(group.text, 2)}\n`}`;
}

function summary(events: readonly StepFinished[]): string {
  const counts = new Map<string, number>();
  for (const event of events) {
    const word = event.outcome === 'changed' ? 'ok' : event.outcome;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}

/**
 * The report of an ad hoc command: trouble at once, then the output of the hosts, those that said the same together.
 * Output of different hosts never mixes.
 */
export function execReporter(sink: TextSink, options: TranscriptOptions): Reporter {
  // Output is what an ad hoc command is run for, so it is shown without -v.
  const detail = { ...options, verbosity: Math.max(1, options.verbosity) };
  const finished: StepFinished[] = [];
  let info: StepInfo | undefined;
  let hosts: readonly string[] = [];
  const onFinished = (event: StepFinished) => {
    if (info === undefined || event.step !== info.index) return;
    finished.push(event);
    if (isTrouble(event))
      sink.write(groupText({ event, text: resultText(event, info, detail), hosts: [event.host] }, detail));
  };
  const onEnd = () => {
    if (info === undefined) return;
    const order = new Map(hosts.map((host, index) => [host, index]));
    const place = (event: StepFinished) => order.get(event.host) ?? 0;
    const good = finished.filter((event) => !isTrouble(event)).sort((a, b) => place(a) - place(b));
    for (const group of groupsOf(good, info, detail)) sink.write(groupText(group, detail));
    if (finished.length > 1) sink.write(`${options.style.dim(summary(finished))}\n`);
  };
  return {
    event(event) {
      if (event.type === 'run-started') {
        info = event.steps.at(-1);
        hosts = event.hosts;
      }
      if (event.type === 'notice') sink.write(`${options.style.notice(printable(event.message))}\n`);
      else if (event.type === 'step-finished') onFinished(event);
      else if (event.type === 'run-finished') onEnd();
    },
  };
}
