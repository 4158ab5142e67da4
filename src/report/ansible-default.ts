import type { RunEvent, StepFinished, StepInfo } from '../model/event.ts';
import { including } from '../model/include.ts';
import type { HostCounts, Outcome } from '../model/outcome.ts';
import type { StepProgress } from '../model/step-run.ts';
import { isValueMap, type Value } from '../model/value.ts';
import { dumpResult, isAlwaysVerbose } from './ansible-result.ts';
import { includedLines } from './included-lines.ts';
import { printable, printableLine } from './printable.ts';
import type { Reporter, Style, TextSink } from './reporter.ts';
import { unifiedDiffs } from './unified-diff.ts';

type Of<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;
type ItemProgress = Extract<StepProgress, { readonly type: 'item' }>;

/** What the report is made with. */
export interface AnsibleReportOptions {
  readonly verbosity: number;
  readonly style: Style;
  /** Where warnings go. */
  readonly errors: TextSink;
}

/** Columns of a banner where there is no terminal; ansible-playbook's own. */
const plainColumns = 79;

/**
 * Text in the form of ansible-playbook's default callback, for scripts that read it: banners of plays and tasks, a line a
 * host and item, results as JSON where they failed or `-v` asks, the files that steps included, the recap.
 */
export function ansibleReporter(sink: TextSink, options: AnsibleReportOptions): Reporter {
  const report = new AnsibleReport(sink, options);
  return { event: (event) => report.add(event) };
}

class AnsibleReport {
  readonly #sink: TextSink;
  readonly #options: AnsibleReportOptions;
  readonly #steps = new Map<number, StepInfo>();
  #plays: Of<'run-started'>['plays'] = [];
  /** The step whose banner stands last, and hosts whose items were shown already, by step. */
  #shown: number | undefined;
  readonly #withItems = new Set<string>();
  readonly #included = includedLines();
  /** Nodes that run, by step. */
  readonly #running = new Map<number, Set<number>>();
  /** Changes of failures that were ignored, by host: Ansible counts these as ok, and as changed. */
  readonly #ignoredChanges = new Map<string, number>();
  /** What the run counts and Ansible does not, by host. */
  readonly #uncounted = new Map<string, { readonly ok: number; readonly skipped: number }>();

  constructor(sink: TextSink, options: AnsibleReportOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  add(event: RunEvent): void {
    switch (event.type) {
      case 'run-started':
        this.#plays = event.plays;
        for (const step of event.steps) this.#steps.set(step.index, step);
        if (this.#options.verbosity >= 2) this.#playbook(event);
        return;
      case 'steps-added':
        for (const step of event.steps) this.#steps.set(step.index, step);
        return;
      case 'play-started':
        this.#play(event);
        return;
      case 'step-started':
        this.#started(event);
        return;
      case 'step-progress':
        this.#progress(event);
        return;
      case 'step-finished':
        this.#finished(event);
        return;
      case 'notice':
        this.#notice(event);
        return;
      case 'run-finished':
        this.#recap(event.hosts);
        return;
      default:
    }
  }

  #line(text: string): void {
    this.#sink.write(`${text}\n`);
  }

  #stars(title: string): void {
    for (const line of this.#included.take()) this.#line(this.#options.style.skipped(line));
    const columns = this.#sink.columns === undefined ? plainColumns : Math.max(79, this.#sink.columns - 1);
    this.#line(`\n${title} ${'*'.repeat(Math.max(3, columns - title.length))}`);
  }

  #playbook({ playbook, plays }: Of<'run-started'>): void {
    const name = printableLine(playbook.slice(playbook.lastIndexOf('/') + 1));
    this.#stars(`PLAYBOOK: ${name}`);
    this.#line(`${plays.length} plays in ${printableLine(playbook)}`);
  }

  #play({ play: index, hosts }: Of<'play-started'>): void {
    const play = this.#plays[index];
    if (play === undefined) return;
    this.#shown = undefined;
    this.#stars(`PLAY [${printableLine(play.name)}]`);
    if ((hosts ?? play.hosts).length === 0)
      this.#line(this.#options.style.skipped('skipping: no hosts matched'));
  }

  /** The banner of a step that hosts reach while others are still in the one before waits for the first result. */
  #started({ step, node }: Of<'step-started'>): void {
    const nodes = this.#running.get(step) ?? new Set();
    this.#running.set(step, nodes.add(node));
    const isBusy = this.#shown !== undefined && (this.#running.get(this.#shown)?.size ?? 0) > 0;
    if (!isBusy) this.#banner(step, undefined);
  }

  #banner(step: number, title: string | undefined): void {
    if (this.#shown === step) return;
    this.#shown = step;
    const info = this.#steps.get(step);
    if (info === undefined) return;
    const word = info.handler ? 'RUNNING HANDLER' : 'TASK';
    this.#stars(`${word} [${printableLine(title ?? info.title)}]`);
    if (this.#options.verbosity >= 2)
      this.#line(this.#options.style.dim(`task path: ${info.at.file}:${info.at.line}`));
  }

  #progress({ step, host, progress }: Of<'step-progress'>): void {
    this.#banner(step, undefined);
    if (progress.type === 'retry') {
      // Counted with the try that is about to begin.
      const left = progress.of - progress.attempt + 1;
      const title = printableLine(this.#steps.get(step)?.title ?? '');
      this.#line(this.#options.style.dim(`FAILED - RETRYING: [${host}]: ${title} (${left} retries left).`));
      return;
    }
    if (progress.type !== 'item') return;
    this.#withItems.add(`${step} ${host}`);
    if (isInclude(this.#steps.get(step)) && progress.outcome === 'ok') return;
    this.#diff(progress.diff);
    this.#item(step, host, progress);
  }

  #item(step: number, own: string, { item, outcome, result, msg, delegate }: ItemProgress): void {
    const host = outcome === 'skipped' ? own : hostLabel(own, delegate);
    const info = this.#steps.get(step);
    const label = `(item=${printableLine(item)})`;
    const dump = () => dumpResult(resultOf(result, msg, outcome), this.#dumpOptions(info));
    const { style } = this.#options;
    if (outcome === 'failed') this.#line(style.failed(`failed: [${host}] ${label} => ${dump()}`));
    else if (outcome === 'unreachable')
      this.#line(style.failed(`fatal: [${host}]: UNREACHABLE! => ${dump()}`));
    else if (outcome === 'skipped')
      this.#status(outcome, `[${host}] => ${label} ${this.#options.verbosity > 0 ? ` => ${dump()}` : ''}`);
    else {
      const more = this.#isVerbose(info) ? ` => ${dump()}` : '';
      this.#status(outcome, `[${host}] => ${label}${more}`);
    }
  }

  #note({ step, node, host, ignored, result }: StepFinished): void {
    this.#running.get(step)?.delete(node);
    if (ignored === true && isValueMap(result) && result['changed'] === true)
      this.#ignoredChanges.set(host, (this.#ignoredChanges.get(host) ?? 0) + 1);
  }

  #finished(event: StepFinished): void {
    this.#note(event);
    if (event.outcome === 'cancelled' || this.#isOfMeta(event)) return;
    const { step, outcome, result, msg } = event;
    this.#banner(step, event.title);
    const info = this.#steps.get(step);
    const host = hostLabel(event.host, event.delegate);
    const { style } = this.#options;
    const dump = () => dumpResult(resultOf(result, msg, outcome), this.#dumpOptions(info));
    const itemsShown = this.#withItems.delete(`${step} ${event.host}`);
    if (!itemsShown) this.#diff(event.diff);
    switch (outcome) {
      case 'ok':
      case 'changed':
        if (isInclude(info)) this.#included.add(event.host, event.included ?? []);
        else if (!itemsShown)
          this.#status(outcome, `[${host}]${this.#isVerbose(info) ? ` => ${dump()}` : ''}`);
        break;
      case 'skipped':
        this.#status(outcome, `[${event.host}]${this.#options.verbosity > 0 ? ` => ${dump()}` : ''}`);
        break;
      case 'failed':
        if (!itemsShown) this.#line(style.failed(`fatal: [${host}]: FAILED! => ${dump()}`));
        // The step did well by itself, so that its result does not say it.
        if (msg?.startsWith('ERROR! ')) this.#options.errors.write(`${printable(msg)}\n`);
        break;
      case 'unreachable':
      case 'unknown':
        this.#line(style.failed(`fatal: [${host}]: ${outcome.toUpperCase()}! => ${dump()}`));
    }
    if (event.ignored === true) this.#line(style.skipped('...ignoring'));
  }

  /** What `meta` does has a banner and nothing else, and counts for nothing; what it ended, not even that. */
  #isOfMeta({ step, host, outcome, title, msg }: StepFinished): boolean {
    const isEnded = outcome === 'skipped' && msg === 'ended by meta';
    const isMeta = bareName(this.#steps.get(step)?.module ?? '') === 'meta' && outcome === 'ok';
    if (!isEnded && !isMeta) return false;
    if (isMeta) this.#banner(step, title);
    const left = this.#uncounted.get(host) ?? { ok: 0, skipped: 0 };
    const counted = isMeta ? { ...left, ok: left.ok + 1 } : { ...left, skipped: left.skipped + 1 };
    this.#uncounted.set(host, counted);
    return true;
  }

  #status(outcome: Outcome, rest: string): void {
    const { style } = this.#options;
    if (outcome === 'changed') this.#line(style.changed(`changed: ${rest}`));
    else if (outcome === 'skipped') this.#line(style.skipped(`skipping: ${rest}`));
    else this.#line(style.ok(`ok: ${rest}`));
  }

  #diff(diff: StepFinished['diff']): void {
    const text = unifiedDiffs(diff);
    if (text !== '') this.#line(printable(text));
  }

  #notice({ severity, host, message }: Of<'notice'>): void {
    if (severity !== 'warning') return;
    const from = host === undefined ? '' : `${printable(host)}: `;
    this.#options.errors.write(`${this.#options.style.notice(`[WARNING]: ${from}${printable(message)}`)}\n`);
  }

  #recap(hosts: Readonly<Record<string, HostCounts>>): void {
    this.#stars('PLAY RECAP');
    const { style } = this.#options;
    for (const host of Object.keys(hosts).sort()) {
      const counts = hosts[host];
      if (counts === undefined) continue;
      const part = (key: string, count: number, colour: (text: string) => string) => {
        const text = `${key}=${String(count).padEnd(4)}`;
        return count > 0 ? colour(text) : text;
      };
      const left = this.#uncounted.get(host);
      const parts = [
        part('ok', counts.ok + counts.ignored + this.#included.surplus(host) - (left?.ok ?? 0), style.ok),
        part('changed', counts.changed + (this.#ignoredChanges.get(host) ?? 0), style.changed),
        part('unreachable', counts.unreachable, style.failed),
        part('failed', counts.failed + counts.unknown, style.failed),
        part('skipped', counts.skipped - (left?.skipped ?? 0), style.skipped),
        part('rescued', counts.rescued, style.ok),
        part('ignored', counts.ignored, style.changed),
      ];
      this.#line(`${printable(host).padEnd(26)} : ${parts.join(' ')}`);
    }
    this.#line('');
  }

  #isVerbose(info: StepInfo | undefined): boolean {
    if (isAlwaysVerbose(info?.module)) return true;
    return this.#options.verbosity > 0 && info?.module !== 'setup';
  }

  #dumpOptions(info: StepInfo | undefined) {
    return { module: info?.module, verbosity: this.#options.verbosity };
  }
}

/** A host, and the one that its step was delegated to. */
function hostLabel(host: string, delegate: string | undefined): string {
  return delegate === undefined ? host : `${host} -> ${printable(delegate)}`;
}

function isInclude(info: StepInfo | undefined): boolean {
  return info?.module !== undefined && including.has(bareName(info.module));
}

function bareName(module: string): string {
  return module.slice(module.lastIndexOf('.') + 1);
}

/** The registered result; where there is none, what its outcome and message say. */
function resultOf(result: Value | undefined, msg: string | undefined, outcome: Outcome): Value {
  if (isValueMap(result)) return result;
  const unreachable = outcome === 'unreachable' ? { unreachable: true } : {};
  return { changed: outcome === 'changed', ...(msg === undefined ? {} : { msg }), ...unreachable };
}
