import { clearLocks, type Lock, listLocks } from '../../engine.ts';
import { didYouMean } from '../../lib/suggest.ts';
import { failure } from '../../model/diagnostic.ts';
import { printableLine } from '../../report/printable.ts';

/**
 * `runbook locks [list]`, `runbook locks clear NAME`.
 *
 * @throws RunbookError RB701 for other words, RB708 for a lock that nobody holds or lost, RB709 for one whose holder lives.
 */
export async function locks(action: string, name: string | undefined, force: boolean): Promise<number> {
  const found = await listLocks(process.env);
  if (action === 'list' && name === undefined && !force) {
    process.stdout.write(listText(found));
    return 0;
  }
  if (action !== 'clear' || name === undefined)
    throw failure('RB701', 'expected: runbook locks, or runbook locks clear NAME', {
      hint: 'for example: runbook locks clear deploy',
    });
  return clear(found, name, force);
}

async function clear(found: readonly Lock[], name: string, force: boolean): Promise<number> {
  const named = found.filter((lock) => namesOf(lock).includes(name));
  if (named.length === 0)
    throw failure('RB708', `no run holds or has lost "${name}"${didYouMean(name, found.flatMap(namesOf))}`, {
      hint: 'what there is: runbook locks',
    });
  const living = named.filter(({ state }) => state === 'held');
  const chosen = force ? named : named.filter(({ state }) => state !== 'held');
  if (chosen.length === 0)
    throw failure('RB709', `${living.map(holderText).join('; ')}: not cleared`, {
      hint: 'wait for its end or end it; --force takes it from a holder that lives',
    });
  const missed = await clearLocks(chosen);
  for (const lock of chosen) {
    const how = missed.includes(lock) ? 'was taken or given back meanwhile' : 'is free';
    process.stdout.write(`${printableLine(lock.record.limit)} ${how}\n`);
  }
  for (const lock of force ? [] : living) process.stdout.write(`${holderText(lock)}: not cleared\n`);
  return 0;
}

function holderText({ record }: Lock): string {
  return printableLine(`${record.limit} is held by ${record.holder} of run ${record.runId}`);
}

/** How a lock may be called: as it is listed, by its name and key, or by its name alone. */
function namesOf({ record: { limit } }: Lock): readonly string[] {
  const [, name = limit, key = ''] = /^\w+ "(.*?)"( \[.*\])?$/s.exec(limit) ?? [];
  return [name, `${name}${key}`, limit];
}

function listText(found: readonly Lock[]): string {
  if (found.length === 0) return 'no global lock is held or lost\n';
  const width = Math.max(...found.map(({ record }) => printableLine(record.limit).length));
  const lines = found.map((lock) => {
    const { limit, holder, runId, user, machine, process, since } = lock.record;
    const who = `${holder} of run ${runId} (${user}@${machine}, process ${process.pid})`;
    const text = `${stateText(lock)}  since ${timeText(since)}  ${who}${whyText(lock)}`;
    return `${printableLine(limit).padEnd(width)}  ${printableLine(text)}`;
  });
  return `${lines.join('\n')}\n`;
}

function stateText({ state, record }: Lock): string {
  return state === 'held' ? `held, expires ${timeText(record.expires)}` : state;
}

function whyText({ state, record }: Lock): string {
  if (state === 'gone') return `, which is no more: who asks after ${timeText(record.expires)} gets it`;
  return state === 'lost' ? `: ${record.reason ?? 'its holder was lost'}` : '';
}

function timeText(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}
