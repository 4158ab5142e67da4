import type { ChannelRequest } from './transport.ts';

/** Programs on one connection at a time. OpenSSH allows 10 unless told otherwise. */
const defaultLimit = 8;

/** Keeps a connection below the number of sessions that its server allows; those too many wait in order. */
export class ChannelBudget {
  #limit = defaultLimit;
  #open = 0;
  readonly #waiting: (() => void)[] = [];

  /** Whether even a control session would have to wait. */
  get isFull(): boolean {
    return this.#open >= this.#limit;
  }

  /** Waits for a place; a control session may use the one that is kept for it. The result gives the place back. */
  async enter(purpose: ChannelRequest['purpose'], signal?: AbortSignal): Promise<() => void> {
    const kept = purpose === 'control' || this.#limit < 3 ? 0 : 1;
    while (this.#open >= this.#limit - kept) await this.#change(signal);
    this.#open++;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#open--;
      for (const wake of this.#waiting.splice(0)) wake();
    };
  }

  /** After a refusal: what is open now is what the server allows. False when nothing is open, so waiting is no use. */
  learnLimit(): boolean {
    if (this.#open === 0) return false;
    this.#limit = this.#open;
    return true;
  }

  #change(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const abort = () => reject(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
    });
  }
}
