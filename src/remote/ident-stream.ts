import { Duplex } from 'node:stream';
import { readableText } from './readable-text.ts';

/** What a server may send before its identification line is complete. */
const identLimitBytes = 64 * 1024;

/**
 * The byte stream below an SSH connection. It hands bytes on only when the server's identification line is complete,
 * in one piece: the client library misreads a line that arrives in several. What is written in one turn leaves in one
 * piece, so that the server wakes once for it. It also knows when bytes last arrived.
 */
export class IdentStream extends Duplex {
  readonly #raw: Duplex;
  #held: Buffer | undefined = Buffer.alloc(0);
  #lastByteAt = performance.now();
  #writing: ((error?: Error | null) => void) | undefined;
  #isGathering = false;

  constructor(raw: Duplex) {
    super({ allowHalfOpen: true });
    this.#raw = raw;
    // A connection may be reset before anybody speaks on it; without a listener that would end the process. Whoever
    // takes the stream over looks at `destroyed` and `errored`.
    this.on('error', () => undefined);
    raw.on('data', (chunk: Buffer) => this.#receive(chunk));
    raw.on('end', () => this.#endOfInput());
    raw.on('drain', () => this.#written());
    raw.on('error', (error) => this.destroy(error));
    raw.on('close', () => this.destroy());
  }

  /** Whether the server has identified itself as one of SSH. */
  get identified(): boolean {
    return this.#held === undefined;
  }

  /** What came in place of an identification, for messages; empty when nothing did. */
  get greeting(): string {
    return this.#held === undefined ? '' : readableText(this.#held.toString('latin1'), 80);
  }

  /** When the last byte arrived, on the clock of `performance.now()`. */
  get lastByteAtMs(): number {
    return this.#lastByteAt;
  }

  override _read(): void {
    this.#raw.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#gather();
    if (this.#raw.destroyed || this.#raw.write(chunk)) done();
    else this.#writing = done;
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#send();
    this.#raw.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#send();
    this.#raw.destroy();
    this.#written();
    done(error);
  }

  /** What one turn writes leaves in one piece: the client library writes each packet in three. */
  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#raw.cork();
    process.nextTick(() => this.#send());
  }

  #send(): void {
    if (!this.#isGathering) return;
    this.#isGathering = false;
    this.#raw.uncork();
  }

  #written(): void {
    const done = this.#writing;
    this.#writing = undefined;
    done?.();
  }

  #receive(chunk: Buffer): void {
    this.#lastByteAt = performance.now();
    if (this.#held === undefined) {
      if (!this.push(chunk)) this.#raw.pause();
      return;
    }
    this.#held = Buffer.concat([this.#held, chunk]);
    const start = identStart(this.#held);
    if (start === undefined) {
      if (this.#held.length > identLimitBytes) this.destroy();
      return;
    }
    const rest = this.#held.subarray(start);
    this.#held = undefined;
    this.push(rest);
  }

  #endOfInput(): void {
    if (this.#held === undefined) this.push(null);
    else this.destroy();
  }
}

/** Where a complete line `SSH-…` begins; lines before it are allowed by RFC 4253. */
function identStart(bytes: Buffer): number | undefined {
  for (let at = 0; ; ) {
    const end = bytes.indexOf(0x0a, at);
    if (end === -1) return undefined;
    if (bytes.toString('latin1', at, at + 4) === 'SSH-') return at;
    at = end + 1;
  }
}
