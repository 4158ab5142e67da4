import { expect, test } from 'vitest';
import { listProcesses } from '../../support/process-table.ts';
import { type Place, script, textOf } from './place.ts';

/** Waits until no process carries a mark in its arguments. */
async function untilGone(mark: string): Promise<string[]> {
  for (let look = 0; look < 100; look++) {
    const left = (await listProcesses()).filter((entry) => entry.command.includes(mark));
    if (left.length === 0) return [];
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return (await listProcesses()).map((entry) => entry.command).filter((command) => command.includes(mark));
}

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
    expect(await untilGone(`sleep ${mark}`)).toEqual([]);
  });

  test('a command that ends before its timeout knows nothing of it', async () => {
    const reply = await run('echo quick', { timeoutMs: 60_000 });
    expect(reply.ended).toBeUndefined();
    expect(reply.stdout.bytes.toString()).toBe('quick\n');
  });

  test('output before a timeout is kept', async () => {
    const reply = await run('echo early; exec sleep 100', { timeoutMs: 300 });
    expect([reply.ended, reply.stdout.bytes.toString()]).toEqual(['timeout', 'early\n']);
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
    while (!(await listProcesses()).some((entry) => entry.command === `sleep ${mark}`))
      await new Promise((resolve) => setTimeout(resolve, 20));
    abort.abort();
    const reply = await running;
    expect([reply.ended, reply.stdout.bytes.toString()]).toEqual(['cancelled', 'early\n']);
    expect(await untilGone(`sleep ${mark}`)).toEqual([]);
    expect(await textOf(run('echo alive'))).toBe('alive\n');
  });

  test.runIf(options.slow)('a command that ignores TERM is killed', { timeout: 30_000 }, async () => {
    const mark = String(nextMark++);
    const reply = await run(
      `trap "" TERM; (trap "" TERM; sleep ${mark}; sleep ${mark}) & while :; do sleep ${mark}; done`,
      { timeoutMs: 100 },
    );
    expect([reply.ended, reply.rc]).toEqual(['timeout', 137]);
    expect(await untilGone(`sleep ${mark}`)).toEqual([]);
  });
}
