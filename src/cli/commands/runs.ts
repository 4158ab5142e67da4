import { chooseRun, findRuns } from '../../engine.ts';
import { formatDuration } from '../../lib/duration.ts';
import { failure } from '../../model/diagnostic.ts';
import type { FoundRun } from '../../model/run-record.ts';
import { printableLine } from '../../report/printable.ts';
import { recapText } from '../../report/recap.ts';
import { stdoutStyle } from '../reporters.ts';

/** `runbook runs [list]`, `runbook runs show RUN`. */
export async function runs(action: string, runName: string | undefined): Promise<number> {
  const found = await findRuns(process.cwd());
  if (action === 'list' && runName === undefined) {
    process.stdout.write(found.length === 0 ? 'no run is known here\n' : listText(found));
    return 0;
  }
  if (action !== 'show' || runName === undefined)
    throw failure('RB701', 'expected: runbook runs, or runbook runs show RUN', {
      hint: 'for example: runbook runs show latest',
    });
  process.stdout.write(showText(chooseRun(found, runName)));
  return 0;
}

function listText(runs: readonly FoundRun[]): string {
  const lines = runs.map((run) => {
    const { runId, startedAt, playbook, checkMode } = run.record;
    const mode = checkMode ? ' (check)' : '';
    return `${runId}  ${timeText(startedAt)}  ${stateText(run).padEnd(24)}  ${printableLine(playbook)}${mode}`;
  });
  return `${lines.join('\n')}\n`;
}

function showText(run: FoundRun): string {
  const { record } = run;
  const lines = [
    `run       ${record.runId}${record.checkMode ? ' (check mode)' : ''}`,
    `playbook  ${printableLine(record.playbook)}`,
    `started   ${timeText(record.startedAt)}`,
    ...(record.endedAt === undefined ? [] : [`ended     ${timeText(record.endedAt)}`]),
    `state     ${stateText(run)}${run.state === 'running' ? `, process ${record.process.pid}` : ''}`,
    `folder    ${run.folder}`,
  ];
  const { end } = record;
  const recap =
    end === undefined
      ? ''
      : recapText({ type: 'run-finished', runId: record.runId, ...end }, stdoutStyle(), record.checkMode);
  return `${lines.join('\n')}\n${recap}`;
}

function stateText({ state, record: { end } }: FoundRun): string {
  if (state !== 'ended') return state;
  if (end === undefined) return 'broke off';
  const how = end.interrupted ? 'interrupted' : end.outcome;
  return `${how} (${end.exitCode}), ${formatDuration(end.durationMs)}`;
}

function timeText(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}
