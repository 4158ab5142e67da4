import { formatDuration } from '../lib/duration.ts';
import type { ActivityLook, RunLook } from '../model/run-look.ts';
import { waitText } from '../model/wait.ts';
import { printableLine } from './printable.ts';
import type { Style } from './reporter.ts';

/** What a run does at a moment, for people: a line for each step, block and play that runs or waits. */
export function lookText(look: RunLook, style: Style): string {
  const done = `${look.ended} of ${look.total} nodes of the DAG have ended`;
  const head = `${style.bold(`run ${look.runId}`)}  ${style.dim(`${printableLine(look.playbook)}, for ${formatDuration(look.elapsedMs)}, ${done}`)}`;
  const working = look.activities
    .filter(({ waits }) => waits.length === 0)
    .map((one) => workingLine(one, style));
  const waiting = look.activities.flatMap((one) => waitingLines(one, style));
  const nothing =
    working.length + waiting.length === 0 ? [`  ${style.dim('nothing runs or waits at this moment')}`] : [];
  return `${[head, ...working, ...waiting, ...nothing].join('\n')}\n`;
}

function workingLine({ what, runningMs }: ActivityLook, style: Style): string {
  const since = runningMs === undefined ? 'begins' : `for ${formatDuration(runningMs)}`;
  return `  ${style.ok('runs ')}  ${printableLine(what)}  ${style.dim(since)}`;
}

function waitingLines({ what, waits }: ActivityLook, style: Style): readonly string[] {
  return waits.map((wait) => {
    const text = waitText(wait.what, wait.kind, wait.holders);
    return `  ${style.notice('waits')}  ${printableLine(`${what} for ${text}`)}  ${style.dim(`for ${formatDuration(wait.waitedMs)}`)}`;
  });
}
