import type { ErrorCode } from './error-codes.ts';
import type { Secret } from './value.ts';

/** Where and how to reach a host: every template rendered, `~/.ssh/config` not yet applied. */
export interface ConnectionTarget {
  /** The inventory name, for messages. */
  readonly name: string;
  readonly connection: 'ssh' | 'local';
  /** Host name or address to dial; the inventory name where none is given. */
  readonly address: string;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly password?: Secret | undefined;
  /** Private keys to offer, `~` allowed. Empty: those of `~/.ssh/config`, else OpenSSH's default names. */
  readonly identityFiles: readonly string[];
  readonly passphrase?: Secret | undefined;
  /** Whether to ask an ssh-agent. Default: when `SSH_AUTH_SOCK` is set and no identity file is given. */
  readonly agent?: boolean | undefined;
  /** `[user@]host[:port]` of one jump host, or a name in `~/.ssh/config`. */
  readonly proxyJump?: string | undefined;
  /** Default `strict`. */
  readonly hostKeyPolicy?: 'strict' | 'accept-new' | 'off' | undefined;
  readonly connectTimeoutMs?: number | undefined;
}

/** Which user a step becomes, and how. */
export interface BecomeTarget {
  readonly method: 'sudo' | 'su' | 'doas';
  readonly user: string;
  readonly password?: Secret | undefined;
  /** The program with what starts it, each word safe without quotes. Default: the method's name, found on the PATH. */
  readonly program?: readonly string[] | undefined;
  /** Its flags in place of the usual ones, each word safe without quotes. */
  readonly flags?: readonly string[] | undefined;
}

/** What every request may say. */
interface RequestBase {
  /** How long a lost connection is tried to be made again to learn what became of it; else as the connections have it. */
  readonly lostAfterMs?: number | undefined;
}

/** A command of the author's. It runs in a child of its own process group, with no way back into the session. */
export interface ExecRequest extends RequestBase {
  readonly type: 'exec';
  /** Arguments run as they are, or a script run by `shell` (default `/bin/sh`). */
  readonly command:
    | { readonly argv: readonly string[] }
    | { readonly script: string; readonly shell?: string | undefined };
  /** Directory to change to first, written as for `shellPath`; a failure to do so is reply code 251 with a message on stderr. */
  readonly cwd?: string | undefined;
  /** Octal digits. */
  readonly umask?: string | undefined;
  readonly env?: Readonly<Record<string, string | Secret>> | undefined;
  readonly stdin?: Uint8Array | undefined;
  /** Ended with TERM, then KILL, with its whole process group. No default. */
  readonly timeoutMs?: number | undefined;
  /** Output is removed from the host at once, not with the session. */
  readonly sensitive?: boolean | undefined;
}

/**
 * Code of our own, run by the session's shell in one fork with the shell library loaded. All values in it are quoted
 * by `shellQuote`. Its standard input is empty.
 */
export interface CallRequest extends RequestBase {
  readonly type: 'call';
  readonly code: string;
  /** Bytes that the code needs. They are stored before it runs; `$rb_data` names the file. */
  readonly data?: Uint8Array | undefined;
  /** Directory to store them in (for a rename within one file system). Default: the session's own directory. */
  readonly dataDir?: string | undefined;
  /** Permission bits of the file in `dataDir`, which it has before its content; the owner's must allow to read and write. Default 0600. */
  readonly dataMode?: number | undefined;
  /**
   * Whether the data may also be kept in the session's own directory where a rename from there is as whole: on the same
   * mount, and certain to give each file its mode. `$rb_dir` names `dataDir` then, and is empty else. Default false.
   */
  readonly staged?: boolean | undefined;
  /**
   * Whether the session's own shell may carry it out, without a child: the code only calls library functions that
   * neither end nor change a shell. One process less. Default false.
   */
  readonly inSession?: boolean | undefined;
  /** Whether a repetition is harmless: such a request is sent again after a lost connection. */
  readonly readOnly: boolean;
}

/** What a module may ask of a host. */
export type HostRequest = ExecRequest | CallRequest;

/** The bytes of one output stream. */
export interface Output {
  /** All bytes up to the inline limit (8 MiB); the first part of them beyond it. */
  readonly bytes: Buffer;
  readonly size: number;
  /** The file on the controller that holds the whole stream, where it is longer than the inline limit. */
  readonly spoolFile?: string | undefined;
}

/** The answer to a request that is known to have run to its end. */
export interface Reply {
  /** Exit status as the host's shell gives it: 128 + n for a death by signal n. */
  readonly rc: number;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Set where `timeoutMs` passed or the signal was aborted, and the process group was ended. */
  readonly ended?: 'timeout' | 'cancelled' | undefined;
}

/** What the session's first exchange tells about the host. */
export interface SessionInfo {
  /** The login or become user, and its home. */
  readonly user: string;
  readonly home: string;
  /** The session's private directory on the host (mode 700). */
  readonly directory: string;
  /** False where neither setsid nor job control can put a step into its own process group. */
  readonly groupKill: boolean;
}

/**
 * A caller's way to a host, as one user. Its requests are carried out one after another, in order; those of other callers
 * run beside them.
 */
export interface Session {
  readonly info: SessionInfo;
  /**
   * Carries out one request. The reply is certain: it is given only when the end marker with the status arrived.
   *
   * @throws HostError of kind `unreachable` when it surely did not start, `unknown` when it may have.
   */
  run(request: HostRequest, signal?: AbortSignal): Promise<Reply>;
}

/** A command of the author's whose input and output are streams. */
export type StreamRequest = Pick<ExecRequest, 'command' | 'cwd' | 'umask' | 'env' | 'sensitive'>;

/** How a command with streams ended. */
export interface StreamEnd {
  /** Exit status as the host's shell gives it: 128 + n for a death by signal n. */
  readonly rc: number;
  /** The first 64 KiB of standard error. */
  readonly stderr: string;
}

/** A command on a host whose bytes flow while it runs. */
export interface HostStream {
  readonly hostName: string;
  /** Standard output, to be read once. What is not taken holds the command back; ends when it has closed its output. */
  readonly output: AsyncIterable<Buffer>;
  /** Writes to standard input. Resolves when more may be written; at once when the command has ended. Never rejects. */
  write(bytes: Uint8Array): Promise<void>;
  /** Closes standard input. */
  end(): void;
  /** Ends the command with its process group: TERM, then KILL. Resolves when it is gone, or its connection closed. */
  kill(): Promise<void>;
  /** Rejects with a HostError `unknown` when nobody can tell. */
  readonly ended: Promise<StreamEnd>;
}

/** All connections of a run. One connection a host; one session for each user on it, opened when first needed. */
export interface Connections {
  /**
   * A session for a host and user. The connection and its first shell are opened once and shared; a further shell is
   * opened where callers have long requests in flight at the same time.
   *
   * @throws HostError of kind `unreachable` (connect, auth, host key) or `become`.
   */
  session(target: ConnectionTarget, become: BecomeTarget | undefined, signal?: AbortSignal): Promise<Session>;
  /**
   * Carries out a request that is all that its host gets in this run. Where request and host allow that, a command is run
   * without a session, whose set-up costs a host more than most commands do; else by a session as `Session.run` does it.
   * Further requests may follow all the same. Without a session there are no receipts: lost while it ran is `unknown` at
   * once.
   *
   * @throws HostError as `session` and `Session.run` do.
   */
  runAlone(
    target: ConnectionTarget,
    become: BecomeTarget | undefined,
    request: HostRequest,
    signal?: AbortSignal,
  ): Promise<Reply>;
  /**
   * Starts a command with streams, on a connection of its own.
   *
   * @throws HostError of kind `unreachable` or `become`: nothing was started.
   */
  stream(
    target: ConnectionTarget,
    become: BecomeTarget | undefined,
    request: StreamRequest,
    signal?: AbortSignal,
  ): Promise<HostStream>;
  /** Whether the host's connection is open: ready work there goes first. */
  isOpen(hostName: string): boolean;
  /** Drops a host's connection; the next session opens a new one (`meta: reset_connection`). */
  reset(hostName: string): Promise<void>;
  /** Ends every session politely, then closes all. Never throws. */
  close(): Promise<void>;
}

/** Why a host did not answer a request. */
export class HostError extends Error {
  /** `unreachable`: nothing was started. `unknown`: it was or may have been started, and no result is known. */
  readonly kind: 'unreachable' | 'unknown' | 'become' | 'cancelled';
  readonly code: ErrorCode;
  /** What to do about it: the next command to type. */
  readonly hint: string | undefined;

  constructor(
    kind: HostError['kind'],
    code: ErrorCode,
    message: string,
    options: { hint?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'HostError';
    this.kind = kind;
    this.code = code;
    this.hint = options.hint;
  }
}
