import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { shellPath } from '../lib/shell-path.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import type { CallRequest, ExecRequest, HostRequest } from '../model/host.ts';
import { Secret } from '../model/value.ts';
import type { ShellKeys } from './bootstrap.ts';
import { plainCommand } from './plain-command.ts';

/**
 * How the session core runs a piece of work: an author's command, a call that writes, a call that only reads. Capital
 * letters: in the session's own shell, without a child.
 */
export type WorkMode = 'x' | 'w' | 'W' | 'l' | 'L';

/** A request in the terms of the session core. */
export interface ShellWork {
  readonly mode: WorkMode;
  /** Bytes for stdin (commands) or `$rb_data` (calls). */
  readonly data?: Uint8Array | undefined;
  /** Where on the host `data` goes; a file of the session's directory where none is given. */
  readonly dataFile?: string | undefined;
  /** Permission bits that `dataFile` gets before its content. */
  readonly dataMode?: number | undefined;
  /** Whether the session's directory may take the place of that of `dataFile`. */
  readonly staged?: boolean | undefined;
  /** Whether `dataFile` is there already. */
  readonly uploaded?: boolean | undefined;
  /** A script that must not stand in an argument: because of its size, or because it may hold a secret. */
  readonly script?: Buffer | undefined;
  /** Shell code, given the id of the request. */
  code(id: number): string;
  readonly timeoutMs?: number | undefined;
  readonly sensitive: boolean;
}

/** Scripts above this size are sent as a file: one argument is limited to 128 KiB on Linux. */
const scriptArgumentLimitBytes = 16 * 1024;

/** Request lines are read byte by byte; above this size a body read by `dd` is cheaper. */
const codeLineLimitBytes = 3000;

/** Data of at most this size stands in the request line: `read` costs as much as a process for about twice of it. */
const inlineDataLimitBytes = 1024;

/** Status of a reply to a command that could not be started; stderr says why. */
export const notStartedStatus = 251;

/** Turns a request into work, or says why no shell could carry it out. */
export function workOf(request: HostRequest): ShellWork | { readonly refused: string } {
  return request.type === 'exec' ? execWork(request) : callWork(request);
}

const capital = { l: 'L', w: 'W' } as const;

function callWork(request: CallRequest): ShellWork | { readonly refused: string } {
  if (request.code.includes('\0')) return { refused: 'shell code cannot hold a NUL byte' };
  const { dataDir, data, dataMode, code } = request;
  const dataFile = dataDir === undefined ? undefined : `${dataDir}/.rb-${randomBytes(8).toString('hex')}`;
  const mode = request.readOnly ? 'l' : 'w';
  return {
    mode: request.inSession === true ? capital[mode] : mode,
    data,
    dataFile,
    dataMode,
    staged: request.staged,
    code: () => code,
    sensitive: false,
  };
}

function execWork(request: ExecRequest): ShellWork | { readonly refused: string } {
  const refused = refuseExec(request);
  if (refused !== undefined) return { refused };
  const { command, stdin, timeoutMs, sensitive = false } = request;
  const before = prelude(request);
  const base = { mode: 'x' as const, data: stdin, timeoutMs, sensitive };
  if ('argv' in command) {
    const words = command.argv.map(shellQuote).join(' ');
    return { ...base, code: (id) => `${before(markWord(id))}exec $__S ${words}` };
  }
  const shell = shellQuote(command.shell ?? '/bin/sh');
  if (!belongsInFile(request, command.script)) {
    return {
      ...base,
      code: (id) => `${before(markWord(id))}exec $__S ${shell} -c ${shellQuote(command.script)}`,
    };
  }
  const script = Buffer.from(command.script);
  return { ...base, script, code: (id) => `${before(markWord(id))}exec $__S ${shell} "$__D/c${id}"` };
}

function belongsInFile(request: ExecRequest, script: string): boolean {
  const secretEnv = Object.values(request.env ?? {}).some((value) => value instanceof Secret);
  return request.sensitive === true || secretEnv || Buffer.byteLength(script) > scriptArgumentLimitBytes;
}

/**
 * The code of a command that needs nothing but a shell that runs it: no data, no file, no watchdog. It is one line, and is
 * given the mark for the environment of the command. Undefined for every other request.
 */
export function loneCode(request: HostRequest): ((mark: string) => string) | undefined {
  if (request.type !== 'exec') return undefined;
  const { command, stdin, timeoutMs, sensitive } = request;
  if (stdin !== undefined || timeoutMs !== undefined || sensitive === true) return undefined;
  if (refuseExec(request) !== undefined) return undefined;
  if ('script' in command && (belongsInFile(request, command.script) || leavesBehind(command.script)))
    return undefined;
  const words = 'argv' in command ? command.argv : scriptWords(command);
  const before = prelude(request);
  const code = (mark: string) => `${before(mark)}exec ${words.map(shellQuote).join(' ')}`;
  const text = code('');
  return text.includes('\n') || Buffer.byteLength(text) > codeLineLimitBytes ? undefined : code;
}

/** What a script becomes: the program that is all it names, or a shell that reads it. */
function scriptWords({ script, shell }: { readonly script: string; readonly shell?: string | undefined }) {
  const plain = shell === undefined ? plainCommand(script) : undefined;
  return plain ?? [shell ?? '/bin/sh', '-c', script];
}

/**
 * Whether a script puts something into the background. A session's files take what that writes later; without them it
 * would be ended by its first write after the connection has gone.
 */
function leavesBehind(script: string): boolean {
  return script.replaceAll(/&&|[<>]&|&>/g, '').includes('&');
}

/** What the child sets up before it becomes the command: the mark of the request, directory, umask, environment. */
function prelude(request: ExecRequest): (mark: string) => string {
  const parts: string[] = [];
  if (request.cwd !== undefined) parts.push(`cd -- ${shellPath(request.cwd)} || exit ${notStartedStatus}`);
  if (request.umask !== undefined) parts.push(`umask ${request.umask}`);
  for (const [name, value] of Object.entries(request.env ?? {})) {
    parts.push(`export ${name}=${shellQuote(value instanceof Secret ? value.reveal() : value)}`);
  }
  const rest = parts.map((part) => `${part};`).join('');
  return (mark) => `export RUNBOOK_STEP=${mark};${rest}`;
}

/** The mark of a session's request, in the words of its shell. */
function markWord(id: number): string {
  return `$__I.${id}.`;
}

function refuseExec(request: ExecRequest): string | undefined {
  const { command, cwd, umask, env = {} } = request;
  const words = 'argv' in command ? command.argv : [command.shell ?? ''];
  if ('argv' in command && command.argv.length === 0) return 'the command is empty';
  const values = Object.values(env).map((value) => (value instanceof Secret ? value.reveal() : value));
  if ([...words, ...values, cwd ?? ''].some((text) => text.includes('\0')))
    return 'a command cannot hold a NUL byte';
  if ('script' in command && command.script.includes('\0')) return 'a script cannot hold a NUL byte';
  if (umask !== undefined && !/^[0-7]{1,4}$/.test(umask)) return `umask "${umask}" is not octal`;
  const name = Object.keys(env).find((key) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(key));
  return name === undefined ? undefined : `"${name}" cannot be the name of an environment variable`;
}

/** What is forgotten on the host with a request: the files of replies that have arrived, from one id to another. */
export interface Forget {
  readonly from: number;
  readonly to: number;
}

/** The bytes of a request, in the order in which they are sent. */
export function encodeWork(
  work: ShellWork,
  id: number,
  keys: ShellKeys,
  options: { readonly forget: Forget | undefined; readonly inlineData: boolean },
): Uint8Array[] {
  const { forget } = options;
  const code = work.code(id);
  const text = options.inlineData && work.uploaded !== true ? shortText(work.data) : undefined;
  const inline = Buffer.byteLength(code) <= codeLineLimitBytes;
  const body = inline ? undefined : Buffer.from(`${code}\n#${keys.frame}`);
  const words = [
    work.mode,
    id,
    work.uploaded === true ? '+' : text !== undefined ? '=' : (work.data?.length ?? '-'),
    fileWord(work),
    work.script?.length ?? '-',
    body?.length ?? '-',
    inline ? lineWord(code) : "''",
    ...watchdogWords(work.timeoutMs, text !== undefined),
    ...(text === undefined ? [] : [lineWord(text)]),
  ];
  const after = `${work.sensitive ? `;__wipe ${id}` : ''}${forget === undefined ? '' : `;__rm ${forget.from} ${forget.to}`}`;
  const pieces: Uint8Array[] = [Buffer.from(`\n${keys.token}__go ${words.join(' ')}${after}\n`)];
  if (work.data !== undefined && work.uploaded !== true && text === undefined) pieces.push(work.data);
  if (work.script !== undefined) pieces.push(work.script);
  if (body !== undefined) pieces.push(body);
  return pieces;
}

/** The line that makes a command the last thing a shell does; its status is written behind the key of its frames. */
export function handOverLine(id: number, code: string, keys: ShellKeys): Buffer {
  const run = `[ -z "$__J" ] || set -m; ( umask $__u; eval "$__b" ); __r=$?; [ $__r -lt 257 ] || __r=$(($__r-128))`;
  const after = `echo "$__K E ${id} $__r" >&2; cd /; rm -rf "$__D"; exit $__r`;
  const start = `__b=${lineWord(code)}; echo ${id} >"$__D/n"; __r=143`;
  return Buffer.from(`\n${keys.token}${start}; if [ ! -e "$__D/k${id}" ]; then ${run}; fi; ${after}\n`);
}

/** Where the data go: a mode, `s` where the session's directory may be that place, and a path. */
function fileWord({ dataFile, staged, uploaded, dataMode }: ShellWork): string {
  if (dataFile === undefined) return '.';
  const place = staged === true && uploaded !== true ? 's' : '';
  return lineWord(`${octalMode({ dataMode })}${place}:${dataFile}`);
}

/** The mode of the file that the data go to, in digits. */
export function octalMode(work: Pick<ShellWork, 'dataMode'>): string {
  return (work.dataMode ?? 0o600).toString(8);
}

/** Data as text for the request line itself, where that is cheaper than a process that reads it behind the line. */
function shortText(data: Uint8Array | undefined): string | undefined {
  if (data === undefined || data.length > inlineDataLimitBytes || data.includes(0) || !isUtf8(data))
    return undefined;
  return Buffer.from(data).toString('utf8');
}

function watchdogWords(timeoutMs: number | undefined, filled: boolean): string[] {
  if (timeoutMs === undefined) return filled ? ["''", "''"] : [];
  const ms = Math.max(1, timeoutMs);
  return [(ms / 1000).toFixed(3), String(Math.ceil(ms / 1000))];
}

/** A word of a request line: quoted, and without a newline, which would end the line. */
function lineWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`).replaceAll('\n', `'"$__N"'`)}'`;
}
