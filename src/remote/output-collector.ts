import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Output } from '../model/host.ts';

/** Streams up to this size are kept in memory whole. */
export const inlineLimitBytes = 8 * 1024 * 1024;

/** How much of a spooled stream stays in memory. */
const headBytes = 1024 * 1024;

/**
 * Collects one output stream. What exceeds the inline limit goes to a file of mode 600. Writing is synchronous: a
 * stream may not be paused (its window is shared with the other one), so this bounds the memory.
 */
export class OutputCollector {
  readonly #spoolDir: string;
  #chunks: Buffer[] = [];
  #size = 0;
  #spool: { readonly path: string; readonly fd: number } | undefined;

  constructor(spoolDir: string) {
    this.#spoolDir = spoolDir;
  }

  /** @throws Error of the file system when the spool file cannot be written. */
  push(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#spool !== undefined) {
      writeAll(this.#spool.fd, chunk);
      return;
    }
    this.#chunks.push(chunk);
    if (this.#size > inlineLimitBytes) this.#startSpool();
  }

  /** The stream as a value. No more may be pushed. */
  finish(): Output {
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [];
    if (this.#spool === undefined) return { bytes, size: this.#size };
    closeSync(this.#spool.fd);
    return { bytes, size: this.#size, spoolFile: this.#spool.path };
  }

  /** Forgets a stream that will not be finished. */
  discard(): void {
    this.#chunks = [];
    if (this.#spool === undefined) return;
    closeSync(this.#spool.fd);
    rmSync(this.#spool.path, { force: true });
    this.#spool = undefined;
  }

  #startSpool(): void {
    mkdirSync(this.#spoolDir, { recursive: true, mode: 0o700 });
    const path = join(this.#spoolDir, `${randomBytes(8).toString('hex')}.out`);
    this.#spool = { path, fd: openSync(path, 'wx', 0o600) };
    const whole = Buffer.concat(this.#chunks);
    writeAll(this.#spool.fd, whole);
    this.#chunks = [Buffer.from(whole.subarray(0, headBytes))];
  }
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}
