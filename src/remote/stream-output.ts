import type { Channel } from './transport.ts';

/** Above this size the host is asked to wait, below half of it to go on. */
const fullBytes = 1024 * 1024;

/** The output of a command, taken chunk by chunk; what nobody takes yet holds the command back. */
export class StreamOutput implements AsyncIterable<Buffer> {
  readonly #channel: Pick<Channel, 'pause' | 'resume'>;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #isPaused = false;
  #isClosed = false;
  #isDiscarded = false;
  #wake: () => void = () => undefined;

  constructor(channel: Pick<Channel, 'pause' | 'resume'>) {
    this.#channel = channel;
  }

  /** Takes bytes of the channel. */
  push(chunk: Buffer): void {
    if (this.#isDiscarded) return;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size > fullBytes && !this.#isPaused) {
      this.#isPaused = true;
      this.#channel.pause();
    }
    this.#wake();
  }

  /** No further bytes will come. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  /** Drops what is there and what comes: nobody takes it any more. */
  discard(): void {
    this.#isDiscarded = true;
    this.#chunks.length = 0;
    this.#size = 0;
    this.#goOn();
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Buffer> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk === undefined) {
        if (this.#isClosed || this.#isDiscarded) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      this.#size -= chunk.length;
      if (this.#size < fullBytes / 2) this.#goOn();
      yield chunk;
    }
  }

  #goOn(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#channel.resume();
  }
}
