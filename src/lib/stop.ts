/** Told once when a stop comes. */
export interface StopListener {
  handleEvent(): void;
}

/** What ends a wait early, as far as a wait needs it; every `AbortSignal` is one. */
export interface StopSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: StopListener): void;
  removeEventListener(type: 'abort', listener: StopListener): void;
}

/**
 * An `AbortController` and its signal in one light object: where tens of thousands stand in line at a time, those two and
 * their listeners cost more than the waits. The real signal is made for who asks for it.
 */
export class Stop implements StopSignal {
  aborted = false;
  reason: unknown = undefined;
  #listeners: StopListener[] | undefined = undefined;
  #controller: AbortController | undefined = undefined;

  /** The same as an `AbortSignal`. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.aborted) this.#controller.abort(this.reason);
    }
    return this.#controller.signal;
  }

  /** Tells the listeners in the order they came; a second call changes nothing. Default reason: an `AbortError`. */
  abort(reason: unknown = new DOMException('This operation was aborted', 'AbortError')): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    const listeners = this.#listeners ?? [];
    this.#listeners = undefined;
    for (const listener of listeners) listener.handleEvent();
    this.#controller?.abort(reason);
  }

  addEventListener(_type: 'abort', listener: StopListener): void {
    this.#listeners ??= [];
    this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: StopListener): void {
    const index = this.#listeners?.indexOf(listener) ?? -1;
    if (index >= 0) this.#listeners?.splice(index, 1);
  }
}
