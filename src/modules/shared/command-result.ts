import type { Reply } from '../../model/host.ts';
import type { ModuleResult } from '../../model/module.ts';
import type { Value } from '../../model/value.ts';

/** Python's `str(datetime)`: the form of the `start` and `end` fields. */
function stamp(atMs: number): string {
  return `${new Date(atMs).toISOString().replace('T', ' ').replace('Z', '')}000`;
}

/** Python's `str(timedelta)`: `0:00:01.250000`. */
function delta(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1_000);
  const pad = (n: number, width = 2) => String(n).padStart(width, '0');
  const micros = pad(Math.round((durationMs % 1_000) * 1_000), 6);
  return `${Math.floor(seconds / 3_600)}:${pad(Math.floor((seconds % 3_600) / 60))}:${pad(seconds % 60)}.${micros}`;
}

/** Options of `commandResult`. */
export interface CommandResultOptions {
  readonly cmd: Value;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Whether line ends at the end of the output are dropped. Default true. */
  readonly stripEmptyEnds?: boolean | undefined;
}

function text(bytes: Buffer, strip: boolean): string {
  const decoded = bytes.toString('utf8');
  return strip ? decoded.replace(/[\r\n]+$/, '') : decoded;
}

/**
 * The result of a command of the author's: changed, and failed when the exit status is not zero. Output that is no
 * UTF-8 has its bad bytes replaced. Output beyond the inline limit is cut; `stdout_file` names the whole of it.
 */
export function commandResult(reply: Reply, options: CommandResultOptions): ModuleResult {
  const strip = options.stripEmptyEnds ?? true;
  const fields: Record<string, Value> = {
    cmd: options.cmd,
    stdout: text(reply.stdout.bytes, strip),
    stderr: text(reply.stderr.bytes, strip),
    start: stamp(options.startedAtMs),
    end: stamp(options.endedAtMs),
    delta: delta(options.endedAtMs - options.startedAtMs),
  };
  if (reply.stdout.spoolFile !== undefined) fields['stdout_file'] = reply.stdout.spoolFile;
  if (reply.stderr.spoolFile !== undefined) fields['stderr_file'] = reply.stderr.spoolFile;
  return {
    changed: true,
    failed: reply.rc !== 0 || reply.ended !== undefined,
    rc: reply.rc,
    msg: message(reply),
    fields,
  };
}

function message(reply: Reply): string {
  if (reply.ended === 'timeout')
    return 'the command ran into its timeout and was ended with its whole process group';
  if (reply.ended === 'cancelled') return 'the command was ended because the run was cancelled';
  if (reply.rc === 0) return '';
  return reply.rc > 128 && reply.rc < 160
    ? `non-zero return code (${reply.rc}: probably signal ${reply.rc - 128})`
    : 'non-zero return code';
}
