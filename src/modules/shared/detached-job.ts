import { randomBytes } from 'node:crypto';
import { shellPath } from '../../lib/shell-path.ts';
import { shellQuote } from '../../lib/shell-quote.ts';
import { HostError, type Reply } from '../../model/host.ts';
import type { DetachedWork, ModuleContext, ModuleResult } from '../../model/module.ts';
import type { Value } from '../../model/value.ts';
import { type CommandOptions, commandResult, inputOf } from './command-reply.ts';
import { jobCommand, jobLauncher, jobReader } from './job-shell.ts';

/** What a job on a host is found to be. */
export type JobState =
  | { readonly state: 'none' }
  | { readonly state: 'running'; readonly directory: string }
  /** Its processes are gone without a result: they were killed, or the host started anew. */
  | { readonly state: 'lost'; readonly directory: string }
  | { readonly state: 'done'; readonly directory: string; readonly result: ModuleResult };

/** The directory of a job on its host, as a word of shell code: `ANSIBLE_ASYNC_DIR` of the step, else `~/.ansible_async`. */
export function jobDirectory(jobId: string, { env }: Pick<ModuleContext, 'env'>): string {
  const base = env['ANSIBLE_ASYNC_DIR'];
  return shellPath(`${typeof base === 'string' && base !== '' ? base : '~/.ansible_async'}/${jobId}`);
}

/**
 * Starts a command that goes on by itself on the host, in a session of its own, and ends with its limit. Its output goes
 * to files in a private directory (mode 700). Resolves at once, or where the step polls when it has ended.
 */
export async function runDetached(
  options: CommandOptions,
  context: ModuleContext,
  work: DetachedWork,
): Promise<ModuleResult> {
  const word = jobDirectory(work.jobId, context);
  const about = JSON.stringify({
    cmd: options.cmd,
    chdir: options.chdir,
    strip: options.stripEmptyEnds ?? true,
  });
  const reply = await context.send({
    type: 'exec',
    command: {
      script: jobLauncher({
        directory: word,
        limitSeconds: Math.max(1, Math.ceil(work.limitMs / 1_000)),
        shell: jobShell(options),
        command: jobCommand(options.command),
        about,
        mark: `RB_${randomBytes(8).toString('hex')}`,
      }),
    },
    cwd: options.chdir,
    env: options.bare === true ? undefined : context.env,
    stdin: inputOf(options),
    sensitive: context.noLog,
  });
  if (reply.rc !== 0) return notStarted(reply, options);
  const resultsFile = reply.stdout.bytes.toString('utf8').replace(/\n$/, '');
  if (work.pollMs === 0) return { changed: true, fields: jobFields(work.jobId, false, resultsFile) };
  return pollJob(word, resultsFile, context, work);
}

function jobShell({ command }: CommandOptions): string {
  return 'script' in command ? (command.shell ?? '/bin/sh') : '/bin/sh';
}

function notStarted(reply: Reply, options: CommandOptions): ModuleResult {
  const result = commandResult(reply, options, { startedAtMs: Date.now(), endedAtMs: Date.now() });
  return { ...result, changed: false, failed: true };
}

/** The fields by which a job is known. */
export function jobFields(
  jobId: string,
  isFinished: boolean,
  resultsFile: string,
): Readonly<Record<string, Value>> {
  return { ansible_job_id: jobId, started: 1, finished: isFinished ? 1 : 0, results_file: resultsFile };
}

/** A host that is away while it is asked may come back: the job goes on without it being watched. */
async function pollJob(
  word: string,
  resultsFile: string,
  context: ModuleContext,
  work: DetachedWork,
): Promise<ModuleResult> {
  const endsAtMs = performance.now() + work.limitMs;
  for (;;) {
    await context.sleep(Math.max(0, Math.min(work.pollMs, endsAtMs - performance.now())));
    const isLast = performance.now() >= endsAtMs;
    const found = await look(word, context, isLast);
    if (found?.state === 'done') {
      await removeJob(word, context);
      return withJob(found.result, work.jobId, resultsFile);
    }
    if (found?.state === 'lost' || found?.state === 'none') return lostJob(work.jobId, resultsFile);
    if (isLast) return overLimit(work, resultsFile);
  }
}

async function look(word: string, context: ModuleContext, isLast: boolean): Promise<JobState | undefined> {
  try {
    return await readJob(word, context);
  } catch (error) {
    const isAway = error instanceof HostError && (error.kind === 'unreachable' || error.kind === 'unknown');
    if (!isAway || isLast) throw error;
    return undefined;
  }
}

function overLimit({ jobId, limitMs }: DetachedWork, resultsFile: string): ModuleResult {
  const msg = `async task did not complete within the requested time - ${limitMs / 1_000}s`;
  const fields = jobFields(jobId, false, resultsFile);
  return { changed: false, failed: true, msg, fields: { ...fields, async_result: fields } };
}

/** What is said of a job that is gone without a result. */
export function lostJob(jobId: string, resultsFile: string): ModuleResult {
  const msg = 'the job ended without a result: its processes were killed, or the host started anew';
  return { changed: false, failed: true, msg, fields: jobFields(jobId, true, resultsFile) };
}

/** A job's own result, with the fields by which the job is known. */
export function withJob(result: ModuleResult, jobId: string, resultsFile: string): ModuleResult {
  return { ...result, fields: { ...result.fields, ...jobFields(jobId, true, resultsFile) } };
}

/** Asks a host for one of its jobs. */
export async function readJob(word: string, context: ModuleContext): Promise<JobState> {
  const reply = await context.send({ type: 'call', code: jobReader(word), readOnly: true });
  const bytes = reply.stdout.bytes;
  const [head = '', directory = '', about = ''] = headLines(bytes);
  const [state, rc, startedAt, endedAt, over] = head.split(' ');
  if (state === 'running' || state === 'lost') return { state, directory };
  if (state !== 'done') return { state: 'none' };
  const stdout = bytes.subarray(Buffer.byteLength(`${head}\n${directory}\n${about}\n`));
  // Written by `runDetached`.
  const { cmd, chdir, strip } = JSON.parse(about) as { cmd: Value; chdir?: string; strip: boolean };
  const result = commandResult(
    {
      rc: Number(rc),
      stdout: { ...reply.stdout, bytes: stdout, size: stdout.length },
      stderr: reply.stderr,
      ...(over === 'over' ? { ended: 'timeout' as const } : {}),
    },
    // A command has no use of its input any more.
    { cmd, command: { argv: [] }, chdir, stripEmptyEnds: strip },
    { startedAtMs: Number(startedAt) * 1_000, endedAtMs: Number(endedAt) * 1_000 },
  );
  return { state, directory, result };
}

function headLines(bytes: Buffer): string[] {
  const lines: string[] = [];
  let from = 0;
  while (lines.length < 3) {
    const end = bytes.indexOf('\n', from);
    if (end === -1) return lines;
    lines.push(bytes.subarray(from, end).toString('utf8'));
    from = end + 1;
  }
  return lines;
}

/** Removes what a job left on its host. */
export async function removeJob(word: string, context: ModuleContext): Promise<void> {
  await context.send({ type: 'call', code: `rm -rf -- ${word}`, readOnly: true });
}

/** Keeps a file for a job in its directory, which is made, and gives its path on the host. */
export async function keepForJob(
  content: Buffer,
  work: DetachedWork,
  context: ModuleContext,
): Promise<string> {
  const name = shellQuote('program');
  const code = `( umask 077; d=${jobDirectory(work.jobId, context)}; mkdir -p -- "$d" && mv -f -- "$rb_data" "$d"/${name} && printf %s "$d"/${name} )`;
  const reply = await context.send({ type: 'call', code, data: content, readOnly: false });
  if (reply.rc !== 0)
    throw new Error(
      `the script could not be stored on the host: ${reply.stderr.bytes.toString('utf8').trim()}`,
    );
  return reply.stdout.bytes.toString('utf8');
}
