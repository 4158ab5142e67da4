/** What a rendering may use. */
export interface Limits {
  /** Evaluated nodes of the template and items looked at. */
  readonly nodes: number;
  /** Characters of text made. */
  readonly characters: number;
  /** Wall time. */
  readonly timeMs: number;
  /** Macros, includes, blocks and variables inside each other. */
  readonly depth: number;
}

/** What a rendering may use where nothing else is said. */
export const defaultLimits: Limits = Object.freeze({
  nodes: 1_000_000,
  characters: 8 * 1024 * 1024,
  timeMs: 5_000,
  depth: 100,
});

const nodesBetweenClockReads = 1_024;

/** What one rendering, and what it renders inside, has used. */
export class Budget {
  readonly #limits: Limits;
  readonly #deadline: number;
  readonly #now: () => number;
  #nodes = 0;
  #characters = 0;
  #depth = 0;
  #nextClockRead = nodesBetweenClockReads;

  constructor(limits: Limits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.#deadline = now() + limits.timeMs;
  }

  /** Counts nodes. Returns what was exceeded, if anything was. */
  step(count: number): string | undefined {
    this.#nodes += count;
    if (this.#nodes < this.#nextClockRead) return undefined;
    this.#nextClockRead = this.#nodes + nodesBetweenClockReads;
    if (this.#nodes > this.#limits.nodes) return `the template took more than ${this.#limits.nodes} steps`;
    if (this.#now() > this.#deadline) return `the template took longer than ${this.#limits.timeMs} ms`;
    return undefined;
  }

  /** Milliseconds left, at least one. */
  timeLeftMs(): number {
    return Math.max(1, Math.ceil(this.#deadline - this.#now()));
  }

  /** Counts characters about to be made. Returns what was exceeded, if anything was. */
  spend(characters: number): string | undefined {
    this.#characters += characters;
    if (this.#characters <= this.#limits.characters) return undefined;
    return `the template made more than ${this.#limits.characters} characters`;
  }

  /** Goes one level deeper. Returns what was exceeded, if anything was. */
  enter(): string | undefined {
    this.#depth++;
    return this.#depth > this.#limits.depth
      ? `templates nest more than ${this.#limits.depth} levels deep`
      : undefined;
  }

  leave(): void {
    this.#depth--;
  }
}
