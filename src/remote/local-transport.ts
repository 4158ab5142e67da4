import { userInfo } from 'node:os';
import { execa } from 'execa';
import { HostError } from '../model/host.ts';
import type { Channel, ChannelHandlers, ChannelRequest, Transport } from './transport.ts';

/**
 * Starts programs on the controller itself. They get a session of their own, so that an interrupt typed at the
 * terminal reaches the controller alone. There is no terminal to offer.
 */
export class LocalTransport implements Transport {
  readonly kind = 'local';
  readonly user: string;
  readonly directory: string | undefined;
  readonly #env: NodeJS.ProcessEnv;
  readonly #running = new Set<() => void>();
  #lostBecause: string | undefined;

  /** @param directory Where sessions start. Default: the home of their user. */
  constructor(env: NodeJS.ProcessEnv, directory?: string) {
    this.#env = env;
    this.directory = directory;
    this.user = userInfo().username;
  }

  get isOpen(): boolean {
    return this.#lostBecause === undefined;
  }

  get lostBecause(): string | undefined {
    return this.#lostBecause;
  }

  async open(request: ChannelRequest, handlers: ChannelHandlers): Promise<Channel> {
    if (this.#lostBecause !== undefined) throw new HostError('unreachable', 'RB511', this.#lostBecause);
    const child = execa('/bin/sh', ['-c', request.command], {
      env: this.#env,
      extendEnv: false,
      detached: true,
      buffer: false,
      reject: false,
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const { stdin, stdout, stderr } = child;
    stdin.on('error', () => undefined);
    stdout.on('data', (chunk: Buffer) => handlers.onStdout(chunk));
    stderr.on('data', (chunk: Buffer) => handlers.onStderr(chunk));
    const destroy = () => {
      stdin.destroy();
      stdout.destroy();
      stderr.destroy();
      child.kill('SIGKILL');
    };
    this.#running.add(destroy);
    void child.then((result) => {
      this.#running.delete(destroy);
      handlers.onClose({ status: result.exitCode, signal: result.signal });
    });
    const waiting = new Set<() => void>();
    const goOn = () => {
      for (const resume of waiting) resume();
      waiting.clear();
    };
    for (const event of ['drain', 'close']) stdin.on(event, goOn);
    child.on('exit', goOn);
    return {
      write: async (bytes) => {
        if (!stdin.writable || stdin.write(bytes)) return;
        if (child.exitCode === null && child.signalCode === null)
          await new Promise<void>((resume) => waiting.add(resume));
      },
      end: () => stdin.end(),
      pause: () => stdout.pause(),
      resume: () => stdout.resume(),
      destroy,
    };
  }

  destroy(): void {
    this.#lostBecause ??= 'the connection was closed';
    for (const end of this.#running) end();
  }
}
