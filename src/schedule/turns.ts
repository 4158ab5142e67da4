/** Something that goes on once its turn has come. */
export interface Continued {
  goOn(): void;
}

/**
 * Lets what others have granted go on, in the order it was granted, after whatever grants it now: with one microtask for
 * all that came together, and in a loop, so that a long row of grants is no deep recursion.
 */
export class Turns {
  #waiting: Continued[] = [];
  #isCalled = false;
  readonly #goOn = () => this.#all();

  /** Adds one to the end. */
  add(one: Continued): void {
    this.#waiting.push(one);
    if (this.#isCalled) return;
    this.#isCalled = true;
    queueMicrotask(this.#goOn);
  }

  // What is added meanwhile goes on in the same round.
  #all(): void {
    const all = this.#waiting;
    for (let next = 0; next < all.length; next++) all[next]?.goOn();
    this.#waiting = [];
    this.#isCalled = false;
  }
}
