import type { ClientChannel, ExecOptions, TerminalModes } from 'ssh2';
import { HostError } from '../model/host.ts';
import { ChannelBudget } from './channel-budget.ts';
import { connectionTrouble } from './connection-trouble.ts';
import { disconnect, type SshConnection } from './ssh-connect.ts';
import type { Channel, ChannelHandlers, ChannelRequest, Transport } from './transport.ts';

/** How often the time since the last byte is looked at. */
const checkIntervalMs = 2_500;

/** Without a byte for this long, the connection counts as lost. Three keepalives have gone unanswered then. */
const silenceLimitMs = 15_500;

/** A channel must be open within this time. */
const openTimeoutMs = 10_000;

/** One authenticated connection to a host. */
export class SshTransport implements Transport {
  readonly kind = 'ssh';
  readonly user: string;
  readonly #hostName: string;
  readonly #connection: SshConnection;
  readonly #budget = new ChannelBudget();
  readonly #watch: NodeJS.Timeout;
  #lostBecause: string | undefined;
  #checkedAtMs = performance.now();
  #aliveSinceMs = performance.now();

  constructor(hostName: string, user: string, connection: SshConnection) {
    this.#hostName = hostName;
    this.user = user;
    this.#connection = connection;
    const { client } = connection;
    client.on('error', (error) => this.#lost(connectionTrouble(error)));
    client.on('close', () => this.#lost('the host closed the connection'));
    client.on('end', () => this.#lost('the host closed the connection'));
    this.#watch = setInterval(() => this.#check(), checkIntervalMs);
    this.#watch.unref();
  }

  get isOpen(): boolean {
    return this.#lostBecause === undefined;
  }

  get lostBecause(): string | undefined {
    return this.#lostBecause;
  }

  async open(request: ChannelRequest, handlers: ChannelHandlers, signal?: AbortSignal): Promise<Channel> {
    for (;;) {
      if (request.purpose === 'control' && this.#budget.isFull) throw this.#noSession('it allows no more');
      const leave = await this.#budget.enter(request.purpose, signal);
      try {
        const stream = await this.#exec(request);
        return attach(stream, handlers, leave);
      } catch (error) {
        leave();
        if (!(error instanceof ChannelRefused)) throw error;
        // What is to end a step must not wait for that step to end.
        if (request.purpose === 'control' || !this.#budget.learnLimit()) throw this.#noSession(error.message);
      }
    }
  }

  destroy(): void {
    if (this.isOpen) disconnect(this.#connection);
    this.#lost('the connection was closed');
  }

  #noSession(why: string): HostError {
    return new HostError('unreachable', 'RB511', `${this.#hostName}: the server opens no session: ${why}`);
  }

  #exec(request: ChannelRequest): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      const lost = () =>
        new HostError(
          'unreachable',
          'RB511',
          `${this.#hostName}: ${this.#lostBecause ?? 'the connection was lost'}`,
        );
      if (this.#lostBecause !== undefined) {
        reject(lost());
        return;
      }
      const timer = setTimeout(() => {
        this.#lost(`a session was not opened within ${openTimeoutMs / 1000} s`);
        reject(lost());
      }, openTimeoutMs);
      const options: ExecOptions = request.terminal
        ? { pty: { modes: { ECHO: 0 } as TerminalModes, term: 'dumb' } }
        : {};
      try {
        this.#connection.client.exec(request.command, options, (error, stream) => {
          clearTimeout(timer);
          if (error === undefined || error === null) resolve(stream);
          else if (this.#lostBecause !== undefined || /no response/i.test(error.message)) reject(lost());
          else reject(new ChannelRefused(error.message));
        });
      } catch (error) {
        clearTimeout(timer);
        this.#lost(error instanceof Error ? error.message : String(error));
        reject(lost());
      }
    });
  }

  /** A controller that was stopped for a while must not blame the host: its own absence is not counted. */
  #check(): void {
    const now = performance.now();
    const absent = now - this.#checkedAtMs > 2 * checkIntervalMs;
    this.#checkedAtMs = now;
    if (absent) this.#aliveSinceMs = now;
    const last = Math.max(this.#aliveSinceMs, this.#connection.stream.lastByteAtMs);
    if (now - last > silenceLimitMs)
      this.#lost(`nothing was heard from the host for ${Math.round((now - last) / 1000)} s`);
  }

  #lost(reason: string): void {
    if (this.#lostBecause !== undefined) return;
    this.#lostBecause = reason;
    clearInterval(this.#watch);
    this.#connection.client.destroy();
    this.#connection.stream.destroy();
  }
}

/** The server refused one more session, and the connection lives on. */
class ChannelRefused extends Error {}

function attach(stream: ClientChannel, handlers: ChannelHandlers, leave: () => void): Channel {
  let end: { status?: number; signal?: string } = {};
  let closed = false;
  let release: () => void = () => undefined;
  stream.on('data', (chunk: Buffer) => handlers.onStdout(chunk));
  stream.stderr.on('data', (chunk: Buffer) => handlers.onStderr(chunk));
  stream.on('error', () => undefined);
  stream.stderr.on('error', () => undefined);
  stream.on('drain', () => release());
  stream.on('exit', (code: number | null, signal?: string) => {
    end = code === null ? { signal: signal ?? 'unknown' } : { status: code };
  });
  stream.on('close', () => {
    closed = true;
    leave();
    release();
    handlers.onClose(end);
  });
  return {
    write: async (bytes) => {
      if (closed || !stream.writable || stream.write(bytes)) return;
      await new Promise<void>((resolve) => {
        release = resolve;
        if (closed) resolve();
      });
    },
    end: () => stream.end(),
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    destroy: () => stream.close(),
  };
}
