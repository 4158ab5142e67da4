import type { Output } from '../model/host.ts';
import { FrameParser } from './frame-parser.ts';
import { OutputCollector } from './output-collector.ts';

/** What a stream is told by its markers. */
export interface StreamMarks {
  /** The command begins. What came before is noise of the login. */
  start(words: readonly string[]): void;
  /** The command has ended. What comes after is from processes that it left behind. */
  end(words: readonly string[]): void;
}

/** One output stream of a channel that is a single command's: the bytes between a marker `S` and a marker `E`. */
export class FramedStream {
  readonly #parser: FrameParser;
  readonly #collector: OutputCollector;
  #state: 'before' | 'within' | 'behind' = 'before';

  constructor(key: string, spoolDir: string, marks: StreamMarks) {
    this.#collector = new OutputCollector(spoolDir);
    this.#parser = new FrameParser(key, {
      data: (chunk) => {
        if (this.#state === 'within') this.#collector.push(chunk);
      },
      marker: (text) => {
        const [, kind, ...words] = text.split(' ');
        if (kind === 'S' && this.#state === 'before') {
          this.#state = 'within';
          marks.start(words);
        } else if (kind === 'E' && this.#state === 'within') {
          this.#state = 'behind';
          marks.end(words);
        } else throw new Error('a command answered out of order');
      },
    });
  }

  /** Whether all of it has arrived. */
  get isComplete(): boolean {
    return this.#state === 'behind';
  }

  /** @throws Error of the file system when output cannot be spooled, or for markers that are not ours. */
  push(chunk: Buffer): void {
    if (this.#state !== 'behind') this.#parser.push(chunk);
  }

  /** The stream as a value. No more may be pushed. */
  finish(): Output {
    return this.#collector.finish();
  }

  /** Forgets a stream that will not be finished. */
  discard(): void {
    this.#collector.discard();
  }
}
