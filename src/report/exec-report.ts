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

/** Modules that run a command: they always count as a change, which says nothing, so a success is told as `ok`. */
const commandModules: ReadonlySet<string> = new Set(['shell', 'command', 'raw', 'script']);

function shownOutcome(event: StepFinished, info: StepInfo): StepFinished['outcome'] {
  const isCommand = info.module !== undefined && commandModules.has(info.module);
  return event.outcome === 'changed' && isCommand ? 'ok' : event.outcome;
}

function headText(group: Group, info: StepInfo, { style }: TranscriptOptions): string {
  const outcome = shownOutcome(group.event, info);
  const word = outcome === 'ok' ? style.ok('ok') : outcomeWord(outcome, style).trimEnd();
  const rc =
    group.event.rc === undefined || group.event.rc === 0 || isTrouble(group.event)
      ? ''
      : ` rc=${group.event.rc}`;
  const many = group.hosts.length > 1 ? `${group.hosts.length} hosts: ` : '';
  return `${style.bold(`${many}${printable(foldHosts(group.hosts))}`)}  ${word}${rc}`;
}

function groupText(group: Group, info: StepInfo, options: TranscriptOptions): string {
  return `${headText(group, info, options)}\n${group.text === '' ? '' : `${indent(group.text, 2)}\n`}`;
}

function summary(events: readonly StepFinished[], info: StepInfo): string {
  const counts = new Map<string, number>();
  for (const event of events) {
    const word = shownOutcome(event, info);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}

/** Trouble of hosts: told at once where it is news, and at the end for the hosts that failed in the same words. */
function troubleTold(info: StepInfo, options: TranscriptOptions) {
  const told = new Map<string, { readonly first: StepFinished; readonly others: string[] }>();
  return {
    at(event: StepFinished): string {
      const text = resultText(event, info, options);
      const key = `${event.outcome} ${event.rc ?? ''} ${text}`;
      const known = told.get(key);
      if (known !== undefined) {
        known.others.push(event.host);
        return '';
      }
      told.set(key, { first: event, others: [] });
      return groupText({ event, text, hosts: [event.host] }, info, options);
    },
    end(place: (host: string) => number): string {
      const lines: string[] = [];
      for (const { first, others } of told.values()) {
        if (others.length === 0) continue;
        const hosts = others.toSorted((a, b) => place(a) - place(b));
        const head = headText({ event: first, text: '', hosts }, info, options);
        lines.push(`${head}\n  the same as ${printable(first.host)}\n`);
      }
      return lines.join('');
    },
  };
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
  let trouble: ReturnType<typeof troubleTold> | undefined;
  let hosts: readonly string[] = [];
  const onFinished = (event: StepFinished) => {
    if (info === undefined || event.step !== info.index) return;
    finished.push(event);
    if (isTrouble(event)) sink.write(trouble?.at(event) ?? '');
  };
  const onEnd = () => {
    if (hosts.length === 0 && finished.length === 0)
      sink.write(`${options.style.notice('no hosts matched')}\n`);
    if (info === undefined) return;
    const order = new Map(hosts.map((host, index) => [host, index]));
    const place = (host: string) => order.get(host) ?? 0;
    sink.write(trouble?.end(place) ?? '');
    const good = finished.filter((event) => !isTrouble(event)).sort((a, b) => place(a.host) - place(b.host));
    for (const group of groupsOf(good, info, detail)) sink.write(groupText(group, info, detail));
    if (finished.length > 1) sink.write(`${options.style.dim(summary(finished, info))}\n`);
  };
  return {
    event(event) {
      if (event.type === 'run-started') {
        info = event.steps.at(-1);
        trouble = info === undefined ? undefined : troubleTold(info, detail);
        hosts = event.hosts;
      }
      if (event.type === 'notice') sink.write(`${options.style.notice(printable(event.message))}\n`);
      else if (event.type === 'step-finished') onFinished(event);
      else if (event.type === 'run-finished') onEnd();
    },
  };
}
