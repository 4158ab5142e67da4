import type { RunEvent, StepInfo } from '../model/event.ts';
import type { Reporter, TextSink } from './reporter.ts';
import { toJson } from './result-text.ts';
import { unifiedDiffs } from './unified-diff.ts';

/** Leaves out what is undefined or empty, so that a line holds only what there is to say. */
function compact(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''),
  );
}

function unlessEmpty(fields: Readonly<Record<string, unknown>> = {}): unknown {
  return Object.keys(fields).length > 0 ? fields : undefined;
}

function stepFields(info: StepInfo | undefined, plays: readonly string[]): Record<string, unknown> {
  if (info === undefined) return {};
  return { play: plays[info.play], step: info.title, id: info.id, module: info.module };
}

/**
 * One JSON object a line, for programs. `step-finished` comes once for each instance, cancelled ones too; the last line
 * is `run-finished`. A field that does not apply is absent. Differences are unified diff text.
 */
export function jsonlReporter(sink: TextSink): Reporter {
  const steps = new Map<number, StepInfo>();
  let plays: readonly string[] = [];
  const write = (fields: Readonly<Record<string, unknown>>) => sink.write(`${toJson(compact(fields))}\n`);
  const step = (index: number | undefined, title?: string) => {
    const fields = stepFields(index === undefined ? undefined : steps.get(index), plays);
    return title === undefined ? fields : { ...fields, step: title };
  };
  return {
    event(event) {
      switch (event.type) {
        case 'steps-added':
          for (const info of event.steps) steps.set(info.index, info);
          return;
        case 'run-started':
          plays = event.plays.map((play) => play.name);
          for (const info of event.steps) steps.set(info.index, info);
          write({
            type: event.type,
            runId: event.runId,
            playbook: event.playbook,
            checkMode: event.checkMode,
            plays: event.plays.map((play) => ({ name: play.name, hosts: play.hosts })),
            startedAt: new Date(event.atMs).toISOString(),
          });
          break;
        case 'play-started':
          write({ type: event.type, play: plays[event.play] });
          break;
        case 'step-started':
          write({ type: event.type, ...step(event.step), host: event.host });
          break;
        case 'step-waiting':
          write({
            type: event.type,
            ...step(event.step),
            host: event.host,
            who: event.who,
            for: event.for,
            holders: event.holders.length > 0 ? event.holders : undefined,
          });
          break;
        case 'wait-ended':
          write({
            type: event.type,
            ...step(event.step),
            host: event.host,
            for: event.for,
            waitedMs: Math.round(event.waitedMs),
          });
          break;
        case 'limits-taken':
        case 'nodes-added':
          break;
        case 'step-progress':
          write({ type: event.type, ...step(event.step), host: event.host, ...progressFields(event) });
          break;
        case 'step-finished':
          write({
            type: event.type,
            ...step(event.step, event.title),
            host: event.host,
            item: event.item,
            outcome: event.outcome,
            rc: event.rc,
            durationMs: Math.round(event.durationMs),
            waitedMs: event.waitedMs > 0 ? Math.round(event.waitedMs) : undefined,
            msg: event.msg,
            diff: unifiedDiffs(event.diff),
            ignored: event.ignored,
            rescued: event.rescued,
          });
          break;
        case 'step-settled':
          break;
        case 'notice':
          write({
            type: event.type,
            severity: event.severity,
            host: event.host,
            msg: event.message,
            hint: event.hint,
          });
          break;
        case 'run-finished':
          write({
            type: event.type,
            runId: event.runId,
            outcome: event.outcome,
            exitCode: event.exitCode,
            hosts: event.hosts,
            durationMs: Math.round(event.durationMs),
            interrupted: event.interrupted ? true : undefined,
            waitedMs: unlessEmpty(event.waitedMs),
            owedHandlers: unlessEmpty(event.owedHandlers),
          });
          break;
      }
    },
  };
}

function progressFields(
  event: Extract<RunEvent, { readonly type: 'step-progress' }>,
): Record<string, unknown> {
  const { progress } = event;
  if (progress.type === 'retry') return { retry: progress.attempt, of: progress.of, msg: progress.msg };
  return {
    item: progress.item,
    outcome: progress.outcome,
    msg: progress.msg,
    diff: unifiedDiffs(progress.diff),
  };
}
