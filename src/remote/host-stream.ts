import {
  type BecomeTarget,
  HostError,
  type HostStream,
  type StreamEnd,
  type StreamRequest,
} from '../model/host.ts';
import { ControlShell } from './control-shell.ts';
import type { HostLink } from './host-link.ts';
import type { SessionServices } from './host-session.ts';
import { openShell } from './open-shell.ts';
import type { Shell } from './shell.ts';
import { workOf } from './shell-work.ts';
import { StreamOutput } from './stream-output.ts';
import type { Channel, ChannelEnd, ChannelHandlers, Transport } from './transport.ts';

/** A command that was told to end must have ended within this time, else its connection is closed. */
const endTimeoutMs = 15_000;

/** How much of standard error is kept for messages. */
const keptErrorBytes = 64 * 1024;

/**
 * Starts a command with streams, on a connection of its own: what flows through it delays nobody, and the sessions of
 * steps and the streams never wait for each other's place.
 *
 * @throws HostError as opening a session does, and `unreachable` (RB510) where only a terminal lets one become the user.
 */
export async function openHostStream(
  link: HostLink,
  become: BecomeTarget | undefined,
  request: StreamRequest,
  services: SessionServices,
  signal: AbortSignal | undefined,
): Promise<HostStream> {
  const work = workOf({ type: 'exec', ...request });
  const name = link.target.name;
  if ('refused' in work) throw new HostError('unreachable', 'RB510', `${name}: ${work.refused}`);
  if (signal?.aborted === true)
    throw new HostError('cancelled', 'RB518', `${name}: the stream was cancelled before it started`);
  const transport = await link.extraTransport(signal);
  const options = { hostName: name, library: '', spoolDir: services.spoolDir };
  try {
    const shell = await openShell(transport, become, { ...options, purpose: 'bulk' }, signal);
    if (shell.hasTerminal)
      throw new HostError('unreachable', 'RB510', `${name}: bytes cannot pass through a terminal unchanged`);
    const id = shell.takeId();
    if (work.script !== undefined) {
      const code = `mv "$rb_data" "$__D/c${id}"`;
      await shell.send({ mode: 'w', data: work.script, sensitive: true, code: () => code });
    }
    const control = new ControlShell(link, become, { ...options, purpose: 'control' });
    return new RunningStream(name, transport, shell, control, { id, code: work.code(id) });
  } catch (error) {
    transport.destroy();
    if (error instanceof HostError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new HostError('unreachable', 'RB511', `${name}: a stream could not be opened: ${why}`, {
      cause: error,
    });
  }
}

/** A command under way, whose channel carries nothing but its own bytes. */
class RunningStream implements HostStream, ChannelHandlers {
  readonly hostName: string;
  readonly output: StreamOutput;
  readonly ended: Promise<StreamEnd>;
  readonly #transport: Transport;
  readonly #shell: Shell;
  readonly #control: ControlShell;
  readonly #id: number;
  readonly #channel: Channel;
  readonly #mark: string;
  #errors = Buffer.alloc(0);
  #tail = '';
  #killing: Promise<void> | undefined;
  #finish: (end: StreamEnd) => void = () => undefined;
  #fail: (error: HostError) => void = () => undefined;

  constructor(
    hostName: string,
    transport: Transport,
    shell: Shell,
    control: ControlShell,
    { id, code }: { readonly id: number; readonly code: string },
  ) {
    this.hostName = hostName;
    this.#transport = transport;
    this.#shell = shell;
    this.#control = control;
    this.#id = id;
    this.ended = new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
    });
    this.ended.catch(() => undefined);
    const { channel, frame } = shell.handOver(id, code, this);
    this.#channel = channel;
    this.#mark = `${frame} E ${id} `;
    this.output = new StreamOutput(channel);
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#channel.write(bytes);
  }

  end(): void {
    this.#channel.end();
  }

  kill(): Promise<void> {
    this.#killing ??= this.#endGroup();
    return this.#killing;
  }

  onStdout(chunk: Buffer): void {
    this.output.push(chunk);
  }

  onStderr(chunk: Buffer): void {
    if (this.#errors.length < keptErrorBytes) this.#errors = Buffer.concat([this.#errors, chunk]);
    this.#tail = `${this.#tail}${chunk.toString('latin1')}`.slice(-4_096);
  }

  onClose(end: ChannelEnd): void {
    const { lostBecause } = this.#transport;
    this.output.close();
    this.#transport.destroy();
    void this.#control.close();
    const [, rc] = this.#tail.split(this.#mark);
    const status = Number.parseInt(rc ?? '', 10);
    if (Number.isInteger(status)) this.#finish({ rc: status, stderr: this.#errorText() });
    else this.#fail(this.#unknown(lostBecause, end));
  }

  async #endGroup(): Promise<void> {
    const late = setTimeout(() => this.#channel.destroy(), endTimeoutMs);
    // What waits in our memory keeps the command from ending.
    this.output.discard();
    await this.#control.end(this.#shell, this.#id, 'x');
    this.#channel.end();
    await this.ended.catch(() => undefined);
    clearTimeout(late);
  }

  #errorText(): string {
    const text = this.#errors.subarray(0, keptErrorBytes).toString();
    return text.split(this.#mark)[0] ?? '';
  }

  #unknown(lostBecause: string | undefined, end: ChannelEnd): HostError {
    const why =
      lostBecause ??
      (end.signal === undefined ? 'the channel was closed' : `its shell died by ${end.signal}`);
    const message = `${this.hostName}: nobody can tell how the command of a stream ended: ${why}`;
    return new HostError('unknown', 'RB514', message, { hint: 'look at the host' });
  }
}
