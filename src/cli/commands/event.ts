import { tmpdir } from 'node:os';
import { askRun, chooseRun, findRuns } from '../../engine.ts';
import { failure } from '../../model/diagnostic.ts';
import type { EventLook } from '../../model/run-look.ts';

const actions = ['set', 'clear', 'list'] as const;

/** `runbook event set|clear RUN NAME`, `runbook event list RUN`. */
export async function event(action: string, runName: string, name: string | undefined): Promise<number> {
  const known = actions.find((one) => one === action);
  if (known === undefined)
    throw failure('RB701', `event ${action}: expected set, clear or list`, {
      hint: 'for example: runbook event set latest approved',
    });
  if ((known === 'list') !== (name === undefined))
    throw failure(
      'RB701',
      known === 'list' ? 'event list takes a run alone' : `event ${known} needs a run and a name`,
      {
        hint: 'for example: runbook event set latest approved',
      },
    );
  const run = chooseRun(await findRuns(process.cwd(), tmpdir()), runName);
  if (known === 'list' || name === undefined) {
    const reply = await askRun(run, { ask: 'events' });
    process.stdout.write(reply.reply === 'events' ? eventsText(reply.events) : '');
    return 0;
  }
  const reply = await askRun(run, { ask: known === 'set' ? 'set-event' : 'clear-event', event: name });
  if (reply.reply === 'done') process.stdout.write(`${doneText(known, name, run.record.runId, reply)}\n`);
  return 0;
}

function doneText(
  action: 'set' | 'clear',
  name: string,
  runId: string,
  { changed, woken }: { readonly changed: boolean; readonly woken: number },
): string {
  const state = action === 'set' ? 'set' : 'cleared';
  if (!changed) return `event "${name}" of run ${runId} was ${action === 'set' ? 'set' : 'not set'} already`;
  const waiters = woken === 0 ? 'nobody waited for it yet' : `${woken} ${woken === 1 ? 'goes' : 'go'} on`;
  return `event "${name}" of run ${runId} is ${state}${action === 'set' ? `: ${waiters}` : ''}`;
}

function eventsText(events: readonly EventLook[]): string {
  if (events.length === 0) return 'the playbook declares no events\n';
  const width = Math.max(...events.map(({ name }) => name.length));
  const lines = events.map(({ name, external, set, waiting }) => {
    const who = external ? 'set from outside' : 'set by steps    ';
    const waits = waiting === 0 ? '' : `  ${waiting} waiting`;
    return `${name.padEnd(width)}  ${set ? 'set    ' : 'not set'}  ${who}${waits}`.trimEnd();
  });
  return `${lines.join('\n')}\n`;
}
