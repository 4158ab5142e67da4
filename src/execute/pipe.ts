import type { HostStream, StreamEnd } from '../model/host.ts';
import type { PipeEnd, PipeSide, PipeSideEnd } from '../model/pipe.ts';
import type { Secret } from '../model/value.ts';
import type { Single } from './runtime.ts';

/** How both commands of a pipe run. */
export interface PipeOptions {
  readonly env: Readonly<Record<string, string | Secret>>;
  readonly sensitive: boolean;
  /** The host of a side that names none. */
  readonly actsOn: string;
}

const keptOutputBytes = 1024 * 1024;

/**
 * Streams the output of one command into another, as fast as the slower one, under one fork. The second one sees the end
 * of its input only when the first has ended well; where either fails or the signal is aborted, both are ended with
 * their process groups, so that nobody takes a part for the whole.
 *
 * @throws HostError when a side could not be started, or nobody can tell how it ended.
 */
export async function pipeHosts(
  single: Single,
  options: PipeOptions,
  from: PipeSide,
  to: PipeSide,
  signal: AbortSignal,
): Promise<PipeEnd> {
  return single.control.fork(async () => {
    const [first, second] = await openBoth(single, options, [from, to], signal);
    return new Pump(first, second).run(signal);
  });
}

/** Opens both at once; where one can't be opened, the other is ended again. */
async function openBoth(
  single: Single,
  options: PipeOptions,
  sides: readonly [PipeSide, PipeSide],
  signal: AbortSignal,
): Promise<readonly [HostStream, HostStream]> {
  const open = (side: PipeSide) => openSide(single, options, side, signal);
  const [first, second] = await Promise.allSettled([open(sides[0]), open(sides[1])]);
  if (first.status === 'fulfilled' && second.status === 'fulfilled') return [first.value, second.value];
  for (const one of [first, second]) if (one.status === 'fulfilled') await one.value.kill();
  throw first.status === 'rejected' ? first.reason : second.status === 'rejected' ? second.reason : undefined;
}

function openSide(
  { runtime, work, scope }: Single,
  { env, sensitive, actsOn }: PipeOptions,
  { host = actsOn, command, cwd }: PipeSide,
  signal: AbortSignal,
): Promise<HostStream> {
  const access = runtime.access(work, host, scope);
  const { target, become } = access.target();
  return access.connections.stream(target, become, { command, cwd, env, sensitive }, signal);
}

/** Two commands, and what flows from one into the other. */
class Pump {
  readonly #from: HostStream;
  readonly #to: HostStream;
  #size = 0;
  readonly #ended = new Set<HostStream>();
  readonly #over = new Set<HostStream>();

  constructor(from: HostStream, to: HostStream) {
    this.#from = from;
    this.#to = to;
    for (const stream of [from, to])
      stream.ended.then(
        () => this.#over.add(stream),
        () => this.#over.add(stream),
      );
  }

  async run(signal: AbortSignal): Promise<PipeEnd> {
    const abort = () => void Promise.all([this.#kill(this.#from), this.#kill(this.#to)]);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    try {
      const text = textOf(this.#to);
      // What can't be told of one side still ends the other one.
      const results = await Promise.allSettled([this.#source(this.#carry()), this.#sink()]);
      for (const result of results) if (result.status === 'rejected') throw result.reason;
      const [from, to] = await Promise.all([this.#endOf(this.#from), this.#endOf(this.#to)]);
      return { size: this.#size, from, to, stdout: await text, isAborted: signal.aborted };
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async #carry(): Promise<void> {
    for await (const chunk of this.#from.output) {
      if (this.#over.has(this.#to)) return;
      await this.#to.write(chunk);
      this.#size += chunk.length;
    }
  }

  /** The first command: when it has ended well and all is carried over, the second one's input ends. */
  async #source(carried: Promise<void>): Promise<void> {
    const end = await this.#from.ended.catch(async (error: unknown) => {
      await this.#kill(this.#to);
      throw error;
    });
    if (end.rc !== 0) return this.#kill(this.#to);
    await carried;
    this.#to.end();
  }

  /** The second command: when it ends while the first is still writing, nobody reads any more. */
  async #sink(): Promise<void> {
    try {
      await this.#to.ended;
    } finally {
      await this.#kill(this.#from);
    }
  }

  async #kill(stream: HostStream): Promise<void> {
    if (this.#over.has(stream)) return;
    this.#ended.add(stream);
    await stream.kill();
  }

  async #endOf(stream: HostStream): Promise<PipeSideEnd> {
    const end: StreamEnd = await stream.ended;
    return { ...end, host: stream.hostName, isEnded: this.#ended.has(stream) };
  }
}

/** What a command prints, all of it read, the first part kept. */
async function textOf(stream: HostStream): Promise<string> {
  const kept: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream.output) {
    if (size < keptOutputBytes) kept.push(chunk.subarray(0, keptOutputBytes - size));
    size += chunk.length;
  }
  return Buffer.concat(kept).toString();
}
