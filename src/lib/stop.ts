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
  // Most have one listener: no list is made for it.
  #first: StopListener | undefined = undefined;
  #others: StopListener[] | undefined = undefined;
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
    const first = this.#first;
    const others = this.#others ?? [];
    this.#first = undefined;
    this.#others = undefined;
    first?.handleEvent();
    for (const listener of others) listener.handleEvent();
    this.#controller?.abort(reason);
  }

  addEventListener(_type: 'abort', listener: StopListener): void {
    if (this.#others !== undefined) this.#others.push(listener);
    else if (this.#first === undefined) this.#first = listener;
    else this.#others = [listener];
  }

  removeEventListener(_type: 'abort', listener: StopListener): void {
    if (this.#first === listener) {
      this.#first = this.#others?.shift();
    } else {
      const index = this.#others?.indexOf(listener) ?? -1;
      if (index >= 0) this.#others?.splice(index, 1);
    }
    if (this.#others?.length === 0) this.#others = undefined;
  }
}
