/** Ends a piece of work on the host when its signal is aborted. */
export class Cancellation {
  readonly #signal: AbortSignal | undefined;
  readonly #end: (id: number) => Promise<void>;
  #listener: (() => void) | undefined;
  #ending: Promise<void> | undefined;

  constructor(signal: AbortSignal | undefined, end: (id: number) => Promise<void>) {
    this.#signal = signal;
    this.#end = end;
  }

  get requested(): boolean {
    return this.#ending !== undefined;
  }

  watch(id: number): void {
    this.#listener = () => {
      this.#ending ??= this.#end(id);
      this.#ending.catch(() => undefined);
    };
    this.#signal?.addEventListener('abort', this.#listener, { once: true });
    if (this.#signal?.aborted === true) this.#listener();
  }

  /** Waits until what was asked for is done: the reply may come while stragglers of the group are still being ended. */
  async settled(): Promise<void> {
    await this.#ending?.catch(() => undefined);
  }

  stop(): void {
    if (this.#listener !== undefined) this.#signal?.removeEventListener('abort', this.#listener);
  }
}
