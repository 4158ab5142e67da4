import { setTimeout as delay } from 'node:timers/promises';
import { shellQuote } from '../lib/shell-quote.ts';
import { HostError, type Reply } from '../model/host.ts';
import { type Shell, ShellLost } from './shell.ts';
import type { ShellWork, WorkMode } from './shell-work.ts';

/** What became of a piece of work: answered, or surely not started, so that it may be sent again. */
export type Recovery = { readonly type: 'reply'; readonly reply: Reply } | { readonly type: 'again' };

/** How long to wait between two looks at work that is still running. */
const pollIntervalMs = 500;

/** How long to wait between two attempts to connect. */
const reconnectIntervalMs = 500;

/** Opens a new shell for the same user on the same host. */
type Reopen = (signal: AbortSignal | undefined) => Promise<Shell>;

/**
 * Settles work whose shell was lost. Work that only reads, or surely did not start, is sent again. For the rest a new
 * shell first forbids the old one to start anything, then reads the receipts that it left. Requests of one shell are
 * settled in their order, and what was to follow an unknown one is not started.
 *
 * @throws HostError `unreachable` when it surely did not start; `unknown` when it may have.
 */
export async function recoverWork(
  lost: ShellLost,
  work: ShellWork,
  hostName: string,
  reopen: Reopen,
  lostAfterMs: number,
  signal: AbortSignal | undefined,
): Promise<Recovery> {
  const { recovery } = lost.shell;
  const earlier = recovery.tail;
  let release: () => void = () => undefined;
  const turn = new Promise<void>((resolve) => {
    release = resolve;
  });
  recovery.tail = turn;
  await earlier;
  try {
    const recovered = await recoverInTurn(lost, work, hostName, reopen, lostAfterMs, signal);
    if (recovery.tail === turn && !recovery.unknown) await removeReceipts(lost, reopen, signal);
    if (recovered.type === 'reply' || isReading(work.mode) || !recovery.unknown) return recovered;
    throw notStarted(hostName, lost, 'the outcome of the request before it is unknown', undefined);
  } catch (error) {
    if (error instanceof HostError && error.kind === 'unknown') recovery.unknown = true;
    throw error;
  } finally {
    release();
  }
}

/** All is settled: the directory of the lost shell is of no more use, and without it that shell starts nothing. */
async function removeReceipts(
  lost: ShellLost,
  reopen: Reopen,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    const shell = await reopen(signal);
    await shell.send(reading(`rm -rf ${shellQuote(lost.shell.identity.directory)}`));
  } catch {
    // A later session removes what is older than a day.
  }
}

async function recoverInTurn(
  lost: ShellLost,
  work: ShellWork,
  hostName: string,
  reopen: Reopen,
  lostAfterMs: number,
  signal: AbortSignal | undefined,
): Promise<Recovery> {
  const harmless = isReading(work.mode) || !lost.mayHaveStarted;
  const fail = (why: string, cause?: unknown) =>
    harmless ? notStarted(hostName, lost, why, cause) : unknownOutcome(hostName, lost, why, cause);
  let deadlineMs = performance.now() + lostAfterMs;
  for (;;) {
    const shell = await reconnect(reopen, deadlineMs, fail, signal);
    if (harmless) return { type: 'again' };
    try {
      return await settle(shell, lost, fail, signal);
    } catch (error) {
      if (!(error instanceof ShellLost)) throw error;
      // Lost again while asking: another period begins, for the host was there.
      deadlineMs = performance.now() + lostAfterMs;
    }
  }
}

async function reconnect(
  reopen: Reopen,
  deadlineMs: number,
  fail: (why: string, cause?: unknown) => HostError,
  signal: AbortSignal | undefined,
): Promise<Shell> {
  for (;;) {
    const leftMs = deadlineMs - performance.now();
    const limit = AbortSignal.timeout(Math.max(1, Math.ceil(leftMs)));
    const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
    try {
      return await reopen(either);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (signal?.aborted === true) throw fail('the run was cancelled before it could be settled', error);
      if (performance.now() >= deadlineMs) throw fail(`it did not come back in time: ${message}`, error);
      if (error instanceof HostError && isFinal(error)) throw fail(message, error);
      await delay(Math.max(0, Math.min(reconnectIntervalMs, deadlineMs - performance.now())));
    }
  }
}

/** Whether trying again cannot help. */
function isFinal(error: HostError): boolean {
  return (
    error.kind === 'cancelled' ||
    ['RB505', 'RB506', 'RB507', 'RB508', 'RB509', 'RB512', 'RB515'].includes(error.code)
  );
}

async function settle(
  shell: Shell,
  lost: ShellLost,
  fail: (why: string) => HostError,
  signal: AbortSignal | undefined,
): Promise<Recovery> {
  const { directory, pid, startTime, bootId } = lost.shell.identity;
  const words = [directory, String(lost.id), pid, startTime, bootId].map(shellQuote).join(' ');
  for (;;) {
    const asked = await shell.send(reading(`__st ${words}`));
    const [state = '', rc = '', ...flags] = asked.stdout.bytes.toString().trim().split(' ');
    if (state === 'never' || rc === 'skip') return { type: 'again' };
    if (state === 'done')
      return { type: 'reply', reply: await fetchReply(shell, lost, Number(rc), flags.includes('timeout')) };
    if (state !== 'running')
      throw fail(
        state === 'gone'
          ? 'its receipts are gone from the host'
          : 'the host or its session was ended meanwhile',
      );
    if (signal?.aborted === true) throw fail('the run was cancelled while it was still running');
    await delay(pollIntervalMs);
  }
}

async function fetchReply(shell: Shell, lost: ShellLost, rc: number, timedOut: boolean): Promise<Reply> {
  const directory = shellQuote(lost.shell.identity.directory);
  const code = `cd ${directory} || exit 1; [ ! -e o${lost.id} ] || cat o${lost.id}; [ ! -e e${lost.id} ] || cat e${lost.id} >&2`;
  const { stdout, stderr } = await shell.send(reading(code));
  return timedOut ? { rc, stdout, stderr, ended: 'timeout' } : { rc, stdout, stderr };
}

function reading(code: string): ShellWork {
  return { mode: 'l', sensitive: false, code: () => code };
}

function notStarted(hostName: string, lost: ShellLost, why: string, cause: unknown): HostError {
  return new HostError(
    'unreachable',
    'RB511',
    `${hostName}: the connection was lost before the request started (${lost.message}); ${why}`,
    { cause },
  );
}

function unknownOutcome(hostName: string, lost: ShellLost, why: string, cause: unknown): HostError {
  return new HostError(
    'unknown',
    'RB514',
    `${hostName}: the connection was lost while a request was running (${lost.message}); ${why}`,
    {
      hint: 'look at the host, then: runbook resume',
      cause,
    },
  );
}

function isReading(mode: WorkMode): boolean {
  return mode === 'l' || mode === 'L';
}
