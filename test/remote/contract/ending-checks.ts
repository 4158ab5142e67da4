import { expect, test } from 'vitest';
import { listProcesses } from '../../support/process-table.ts';
import { untilTrue } from '../../support/until-true.ts';
import { type Place, script, textOf } from './place.ts';

/** The command lines that carry a mark. */
async function marked(mark: string): Promise<string[]> {
  return (await listProcesses()).map((entry) => entry.command).filter((command) => command.includes(mark));
}

/** Waits until no process carries a mark in its arguments. */
function untilGone(mark: string): Promise<void> {
  return expect.poll(() => marked(mark)).toEqual([]);
}

/** Timeouts for a command that has something to do before: the first may be too short for a machine that is busy. */
const timeoutsMs = [300, 3_000, 20_000];

/** A number of seconds that no other test sleeps for. */
let nextMark = 100_000 + (process.pid % 1000) * 100;

/** What holds when a command is ended before its time. */
export function endingChecks(at: () => Place, options: { readonly slow: boolean }): void {
  const run = (text: string, rest?: Parameters<typeof script>[2]) => script(at().session, text, rest);

  test('a timeout ends the whole group on the host', async () => {
    const mark = String(nextMark++);
    const reply = await run(`sleep ${mark} & sleep ${mark}`, { timeoutMs: 200 });
    expect(reply.ended).toBe('timeout');
    expect(reply.rc).toBe(143);
    await untilGone(`sleep ${mark}`);
  });

  test('a command that ends before its timeout knows nothing of it', async () => {
    const reply = await run('echo quick', { timeoutMs: 60_000 });
    expect(reply.ended).toBeUndefined();
    expect(reply.stdout.bytes.toString()).toBe('quick\n');
  });

  test('output before a timeout is kept', async () => {
    let printed = '';
    for (const timeoutMs of timeoutsMs) {
      const reply = await run('echo early; exec sleep 100', { timeoutMs });
      expect(reply.ended).toBe('timeout');
      printed = reply.stdout.bytes.toString();
      if (printed !== '') break;
    }
    expect(printed).toBe('early\n');
  });

  test('a request that is cancelled before its turn is never run', async () => {
    const abort = new AbortController();
    const first = run('sleep 0.5; echo first');
    const second = at().session.run(
      { type: 'exec', command: { script: 'touch second-was-run' } },
      abort.signal,
    );
    abort.abort();
    await expect(second).rejects.toMatchObject({ kind: 'cancelled' });
    expect(await textOf(first)).toBe('first\n');
    expect((await run('ls second-was-run')).rc).not.toBe(0);
  });

  test('a running command that is cancelled answers with what it had printed', async () => {
    const mark = String(nextMark++);
    const abort = new AbortController();
    const running = at().session.run(
      {
        type: 'exec',
        command: {
          script: `echo early; (setsid sleep ${mark} >/dev/null 2>&1 &); sleep ${mark} & exec sleep ${mark}`,
        },
      },
      abort.signal,
    );
    await untilTrue(
      'what it started first and what it became run',
      // A shell may have a sleep of its own, so not all three are seen.
      async () => (await marked(mark)).filter((command) => command === `sleep ${mark}`).length >= 2,
    );
    abort.abort();
    const reply = await running;
    expect([reply.ended, reply.stdout.bytes.toString()]).toEqual(['cancelled', 'early\n']);
    await untilGone(`sleep ${mark}`);
    expect(await textOf(run('echo alive'))).toBe('alive\n');
  });

  test.runIf(options.slow)('a command that ignores TERM is killed', async () => {
    const mark = String(nextMark++);
    let rc = 0;
    for (const timeoutMs of timeoutsMs) {
      const reply = await run(
        `trap "" TERM; echo deaf; (trap "" TERM; sleep ${mark}; sleep ${mark}) & while :; do sleep ${mark}; done`,
        { timeoutMs },
      );
      expect(reply.ended).toBe('timeout');
      rc = reply.rc;
      if (reply.stdout.bytes.toString() !== '') break;
    }
    expect(rc).toBe(137);
    await untilGone(`sleep ${mark}`);
  });
}
