import { tmpdir } from 'node:os';
import { askRun, chooseRun, findRuns } from '../../engine.ts';
import { failure } from '../../model/diagnostic.ts';
import { lookText } from '../../report/look-text.ts';
import { stdoutStyle } from '../reporters.ts';

/** `runbook ps [RUN]`: what a running run does, by default each one that is under way here. */
export async function ps(runName: string | undefined): Promise<number> {
  const runs = await findRuns(process.cwd(), tmpdir());
  const chosen =
    runName === undefined ? runs.filter((run) => run.state === 'running') : [chooseRun(runs, runName)];
  if (chosen.length === 0) {
    process.stdout.write('no run is under way here\n');
    return 0;
  }
  for (const run of chosen) {
    const reply = await askRun(run, { ask: 'look' });
    if (reply.reply !== 'look')
      throw failure('RB707', `run ${run.record.runId} gave an answer to another question`);
    process.stdout.write(lookText(reply.look, stdoutStyle()));
  }
  return 0;
}
