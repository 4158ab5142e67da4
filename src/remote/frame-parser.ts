/** What a parser finds in the byte stream of a shell. */
export interface FrameSink {
  /** Bytes of the current stream of the current reply. Called as soon as they surely are no marker. */
  data(chunk: Buffer): void;
  /** The text of a marker, without the key: ` O 7` ends stdout, ` E 7 0` ends stderr and the reply. */
  marker(text: string): void;
}

/** No marker that the session core writes is longer. */
const longestMarker = 200;

/**
 * Splits a byte stream at its markers: the 128-bit key, then text up to a newline. The key cannot be guessed, so the
 * split is exact whatever the bytes between are, and however the stream is cut into chunks.
 */
export class FrameParser {
  readonly #key: Buffer;
  readonly #sink: FrameSink;
  /** Bytes that may still become part of a key or marker. */
  #held: Buffer = Buffer.alloc(0);

  constructor(key: string, sink: FrameSink) {
    this.#key = Buffer.from(key);
    this.#sink = sink;
  }

  /** @throws RangeError when a marker does not end: the stream is not one of ours. */
  push(chunk: Buffer): void {
    let rest = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    for (;;) {
      const start = rest.indexOf(this.#key);
      if (start === -1) break;
      if (start > 0) this.#sink.data(rest.subarray(0, start));
      const text = start + this.#key.length;
      const end = rest.indexOf(0x0a, text);
      if (end === -1) {
        if (rest.length - text > longestMarker) throw new RangeError('a reply marker does not end');
        this.#held = rest.subarray(start);
        return;
      }
      this.#sink.marker(rest.toString('latin1', text, end));
      rest = rest.subarray(end + 1);
    }
    const held = this.#possibleKeyStart(rest);
    if (held > 0) this.#sink.data(rest.subarray(0, held));
    this.#held = rest.subarray(held);
  }

  /** Where the longest tail begins that could be the start of a key; the length when there is none. */
  #possibleKeyStart(bytes: Buffer): number {
    for (let at = Math.max(0, bytes.length - this.#key.length + 1); at < bytes.length; at++) {
      const tail = bytes.length - at;
      if (bytes.compare(this.#key, 0, tail, at, bytes.length) === 0) return at;
    }
    return bytes.length;
  }
}
