import { HostError, type Reply } from '../model/host.ts';
import { loneBootLine, loneMessage, makeShellKeys, type ShellKeys } from './bootstrap.ts';
import { Cancellation } from './cancellation.ts';
import { ControlShell } from './control-shell.ts';
import { FramedStream } from './framed-stream.ts';
import { Hello } from './hello.ts';
import type { HostLink } from './host-link.ts';
import type { SessionServices } from './host-session.ts';
import { lostWhileOpening } from './open-shell.ts';
import type { Channel, ChannelEnd, ChannelHandlers, Transport } from './transport.ts';
import { withSignal } from './with-signal.ts';

/** The channel closes with the last process that has its streams: at once, or not for long. */
const leavePatienceMs = 500;

/** The shell must have begun with the command, or told that it cannot, within this time. */
const beginTimeoutMs = 15_000;

const leftBehindText =
  'a process that its command left behind still has the output of the command, and ends with its next write: start such a one with >/dev/null 2>&1';

/**
 * Runs the only command that a host gets, by the shell of a boot line of its own: no library, no directory, no process
 * beside it, and its output goes straight through the channel. What a session guarantees holds here too: the streams
 * stay apart, a process that is left behind holds nothing up, the end is told behind the frame key, and a command that
 * is cancelled is ended with all that it started. But there are no receipts, so lost is `unknown`; and what a process
 * that is left behind writes after the run ends it, which `notice` is told of.
 *
 * @param code one line; it is given the mark for the environment of the command.
 * @returns undefined, with nothing started, where only a session does: on the controller itself, and on hosts whose
 * streams cannot be opened by name (`>/dev/stderr`).
 * @throws HostError as opening a session does; `unknown` (RB514); `cancelled` (RB518) before the start.
 */
export async function runLoneCommand(
  link: HostLink,
  code: (mark: string) => string,
  services: SessionServices,
  notice: (text: string) => void,
  signal: AbortSignal | undefined,
): Promise<Reply | undefined> {
  const hostName = link.target.name;
  const transport = await link.transport(signal);
  if (transport.kind === 'local') return undefined;
  const { spoolDir } = services;
  const control = new ControlShell(link, undefined, { hostName, library: '', spoolDir, purpose: 'control' });
  const command = new LoneCommand(hostName, transport, spoolDir);
  const cancel = new Cancellation(signal, () => command.cancel(control));
  let channel: Channel | undefined;
  try {
    const boot = loneBootLine(command.keys);
    channel = await transport.open({ command: boot, terminal: false, purpose: 'session' }, command, signal);
    await withSignal(command.greeted(channel), signal);
    const answer = command.run(channel, code);
    cancel.watch(1);
    const reply = await answer;
    await cancel.settled();
    const hasLeft = await command.hasLeft();
    if (reply !== undefined && !hasLeft) notice(leftBehindText);
    return reply === undefined || !cancel.requested ? reply : { ...reply, ended: 'cancelled' };
  } catch (error) {
    if (error instanceof HostError || signal?.aborted !== true) throw error;
    const message = `${hostName}: the command was cancelled before it started`;
    throw new HostError('cancelled', 'RB518', message, { cause: error });
  } finally {
    cancel.stop();
    channel?.destroy();
    void control.close();
  }
}

/** The command's channel: from the login to the end markers on both streams. */
class LoneCommand implements ChannelHandlers {
  readonly keys: ShellKeys = makeShellKeys();
  readonly #hostName: string;
  readonly #transport: Transport;
  readonly #hello: Hello;
  readonly #stdout: FramedStream;
  readonly #stderr: FramedStream;
  readonly #answered: Promise<void>;
  readonly #closed: Promise<void>;
  #markClosed: () => void = () => undefined;
  #settled = false;
  #channel: Channel | undefined;
  /** The shell on the host, once it has begun. */
  readonly #began: Promise<void>;
  #pid: number | undefined;
  #rc = 0;
  #markBegun: () => void = () => undefined;
  #markAnswered: () => void = () => undefined;
  #resolve: (reply: Reply | undefined) => void = () => undefined;
  #reject: (error: HostError) => void = () => undefined;
  readonly #reply: Promise<Reply | undefined>;

  constructor(hostName: string, transport: Transport, spoolDir: string) {
    this.#hostName = hostName;
    this.#transport = transport;
    this.#hello = new Hello(this.keys, undefined, hostName);
    this.#reply = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#reply.catch(() => undefined);
    this.#began = new Promise((resolve) => {
      this.#markBegun = resolve;
    });
    this.#answered = new Promise((resolve) => {
      this.#markAnswered = resolve;
    });
    this.#closed = new Promise((resolve) => {
      this.#markClosed = resolve;
    });
    const { frame } = this.keys;
    this.#stdout = new FramedStream(frame, spoolDir, {
      start: ([pid]) => this.#start(pid),
      end: ([rc]) => {
        this.#rc = Number(rc);
        this.#finishIfComplete();
      },
    });
    this.#stderr = new FramedStream(frame, spoolDir, {
      start: () => undefined,
      end: () => this.#finishIfComplete(),
    });
  }

  /** Waits until the shell can be spoken to. @throws HostError `unreachable` RB510, RB511 */
  async greeted(channel: Channel): Promise<void> {
    const end = await this.#hello.wait(channel);
    if (end === undefined) return;
    throw lostWhileOpening(this.#hostName, end, this.#transport.lostBecause) ?? this.#hello.noShell(end);
  }

  /** Sends the command. From here on nobody knows whether it ran until it answers. */
  run(channel: Channel, code: (mark: string) => string): Promise<Reply | undefined> {
    this.#channel = channel;
    void channel.write(loneMessage(this.keys, code(this.#mark)));
    const late = () => this.#lose(`its shell did not answer within ${beginTimeoutMs / 1_000} s`);
    const timer = setTimeout(late, beginTimeoutMs);
    void Promise.race([this.#began, this.#answered]).then(() => clearTimeout(timer));
    return this.#reply;
  }

  /** Whether no process is left that has the channel's streams. */
  async hasLeft(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), leavePatienceMs);
    });
    const left = await Promise.race([this.#closed.then(() => true), late]);
    clearTimeout(timer);
    return left;
  }

  /** Ends the command on the host. */
  async cancel(control: ControlShell): Promise<void> {
    const waiting = {
      isWaiting: () => !this.#settled,
      answered: () => this.#answered,
      destroy: (reason: string) => this.#lose(reason),
    };
    await Promise.race([this.#began, this.#answered]);
    if (this.#pid !== undefined) await control.endLone(this.#pid, this.#mark, waiting);
  }

  onStdout(chunk: Buffer): void {
    const rest = this.#hello.done ? chunk : this.#hello.pushStdout(chunk);
    if (rest !== undefined) this.#take(this.#stdout, rest);
  }

  onStderr(chunk: Buffer): void {
    this.#hello.pushStderr(chunk);
    this.#take(this.#stderr, chunk);
  }

  onClose(end: ChannelEnd): void {
    this.#markClosed();
    this.#hello.close(end);
    const { lostBecause } = this.#transport;
    const how = end.signal === undefined ? 'its shell ended' : `its shell died by ${end.signal}`;
    this.#lose(
      lostBecause ?? (end.status === undefined && end.signal === undefined ? 'the connection was lost' : how),
    );
  }

  get #mark(): string {
    return `${this.keys.id}.1.`;
  }

  #take(stream: FramedStream, chunk: Buffer): void {
    if (this.#settled) return;
    try {
      stream.push(chunk);
    } catch (error) {
      this.#lose(error instanceof Error ? error.message : String(error));
    }
  }

  #start(pid: string | undefined): void {
    if (pid === undefined) {
      this.#settle();
      this.#resolve(undefined);
      return;
    }
    this.#pid = Number(pid);
    this.#markBegun();
  }

  #finishIfComplete(): void {
    if (!this.#stdout.isComplete || !this.#stderr.isComplete) return;
    const [stdout, stderr] = [this.#stdout.finish(), this.#stderr.finish()];
    this.#settle();
    this.#resolve({ rc: this.#rc, stdout, stderr });
  }

  #lose(why: string): void {
    if (this.#settled) return;
    this.#settle();
    this.#stdout.discard();
    this.#stderr.discard();
    this.#channel?.destroy();
    const message = `${this.#hostName}: nobody can tell how the command ended: ${why}; a command that is run without a session leaves no receipt`;
    this.#reject(new HostError('unknown', 'RB514', message, { hint: 'look at the host' }));
  }

  #settle(): void {
    this.#settled = true;
    this.#markAnswered();
  }
}
