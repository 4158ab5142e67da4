import type { ExecRequest, Reply } from '../../model/host.ts';
import type { ModuleResult } from '../../model/module.ts';
import type { Value } from '../../model/value.ts';

/** Python's `str(datetime)`: the form of the `start` and `end` fields. */
function stamp(atMs: number): string {
  return `${new Date(atMs).toISOString().replace('T', ' ').replace('Z', '')}000`;
}

/** Python's `str(timedelta)`: `0:00:01.250000`, `1 day, 2:00:00.000000`. */
function delta(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1_000);
  const pad = (n: number, width = 2) => String(n).padStart(width, '0');
  const micros = pad(Math.round((durationMs % 1_000) * 1_000), 6);
  const hours = Math.floor(seconds / 3_600);
  const days = Math.floor(hours / 24);
  const time = `${hours % 24}:${pad(Math.floor((seconds % 3_600) / 60))}:${pad(seconds % 60)}.${micros}`;
  return days === 0 ? time : `${days} day${days === 1 ? '' : 's'}, ${time}`;
}

/** What a command of the author's is run with, beside the command itself. */
export interface CommandOptions {
  /** What the result's `cmd` shows. */
  readonly cmd: Value;
  readonly command: ExecRequest['command'];
  readonly chdir?: string | undefined;
  readonly stdin?: string | undefined;
  /** Whether `stdin` gets a newline at its end. Default true. */
  readonly stdinAddNewline?: boolean | undefined;
  /** Whether line ends at the end of the output are dropped. Default true. */
  readonly stripEmptyEnds?: boolean | undefined;
  /** Whether the step's `environment` is left out. Default false. */
  readonly bare?: boolean | undefined;
}

/** The bytes of the command's standard input. */
export function inputOf({ stdin, stdinAddNewline = true }: CommandOptions): Buffer | undefined {
  return stdin === undefined ? undefined : Buffer.from(stdinAddNewline ? `${stdin}\n` : stdin);
}

function text(bytes: Buffer, strip: boolean): string {
  const decoded = bytes.toString('utf8');
  return strip ? decoded.replace(/[\r\n]+$/, '') : decoded;
}

/**
 * The result of a command of the author's: changed, and failed when the exit status is not zero. Output that is no
 * UTF-8 has its bad bytes replaced. Output beyond the inline limit is cut; `stdout_file` names the whole of it.
 */
export function commandResult(
  reply: Reply,
  options: CommandOptions,
  { startedAtMs, endedAtMs }: { readonly startedAtMs: number; readonly endedAtMs: number },
): ModuleResult {
  const strip = options.stripEmptyEnds ?? true;
  const fields: Record<string, Value> = {
    cmd: options.cmd,
    stdout: text(reply.stdout.bytes, strip),
    stderr: text(reply.stderr.bytes, strip),
    start: stamp(startedAtMs),
    end: stamp(endedAtMs),
    delta: delta(Math.max(0, endedAtMs - startedAtMs)),
  };
  if (reply.stdout.spoolFile !== undefined) fields['stdout_file'] = reply.stdout.spoolFile;
  if (reply.stderr.spoolFile !== undefined) fields['stderr_file'] = reply.stderr.spoolFile;
  return {
    changed: true,
    failed: reply.rc !== 0 || reply.ended !== undefined,
    rc: reply.rc,
    msg: message(reply, options),
    fields,
  };
}

/** Status by which the session tells that a command could not be started. */
const notStarted = 251;

function message(reply: Reply, { chdir }: CommandOptions): string {
  if (reply.ended === 'timeout')
    return 'the command ran into its timeout and was ended with its whole process group';
  if (reply.ended === 'cancelled') return 'the command was ended because the run was cancelled';
  const { rc } = reply;
  if (rc === 0) return '';
  if (rc === notStarted && chdir !== undefined && reply.stdout.size === 0)
    return `non-zero return code (${rc}: could the directory ${chdir} not be entered?)`;
  if (rc === 126) return 'non-zero return code (126: the program could not be executed)';
  if (rc === 127) return 'non-zero return code (127: the program was not found)';
  return rc > 128 && rc < 160
    ? `non-zero return code (${rc}: probably signal ${rc - 128})`
    : 'non-zero return code';
}
