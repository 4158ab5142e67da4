import PQueue from 'p-queue';

/** How one step gets its forks. */
export interface ForkRequest {
  /** A higher one goes first; equal ones in the order they came. */
  readonly priority: number;
  /** Aborted before the fork is there: the work is not begun. Work that has begun is never cut off. */
  readonly signal: AbortSignal;
}

/** The pool of forks: at most `concurrency` pieces of work at a time. */
export class Forks {
  readonly #queue: PQueue;

  constructor(concurrency: number) {
    this.#queue = new PQueue({ concurrency });
  }

  /** Forks that are held now. */
  get held(): number {
    return this.#queue.pending;
  }

  /**
   * Runs `work` as soon as a fork is free and holds it until `work` has settled. Rejects with the signal's reason when
   * that is aborted first; else settles as `work` does.
   */
  run<T>(work: () => Promise<T>, { priority, signal }: ForkRequest): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      let cancelled = false;
      const cancel = () => {
        cancelled = true;
        reject(signal.reason);
      };
      signal.addEventListener('abort', cancel, { once: true });
      const start = async () => {
        signal.removeEventListener('abort', cancel);
        // A cancelled entry stays in the queue until its turn, which it then gives up at once.
        if (!cancelled) await settle(work, resolve, reject);
      };
      void this.#queue.add(start, { priority });
    });
  }
}

async function settle<T>(
  work: () => Promise<T>,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): Promise<void> {
  try {
    resolve(await work());
  } catch (error) {
    reject(error);
  }
}
