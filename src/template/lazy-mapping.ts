import { type Datum, type Run, TemplateObject } from './datum.ts';

/** Where a lazy mapping takes its values from. */
export interface LazySource {
  /** The value under a key, or undefined where there is none. */
  readonly get: (key: string) => Datum | undefined;
  readonly keys: () => Iterable<string>;
  /** Whether the key exists, where that is cheaper to say than its value. */
  readonly has?: ((key: string) => boolean) | undefined;
  /** Whether values change while the mapping is in use, so that each read asks anew. */
  readonly live?: boolean | undefined;
}

/**
 * A mapping whose values are made when they are read: `hostvars`, `vars`. Templates treat it as a dict that cannot be
 * changed. Each value is asked for once, unless the source is live.
 */
export class LazyMapping extends TemplateObject {
  readonly typeName = 'dict';
  readonly #source: LazySource;
  readonly #known = new Map<string, Datum>();

  constructor(source: LazySource) {
    super();
    this.#source = source;
  }

  get(key: string): Datum | undefined {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const value = this.#source.get(key);
    if (value !== undefined && this.#source.live !== true) this.#known.set(key, value);
    return value;
  }

  has(key: string): boolean {
    return this.#source.has === undefined ? this.get(key) !== undefined : this.#source.has(key);
  }

  keys(): Iterable<string> {
    return this.#source.keys();
  }

  override get size(): number {
    let count = 0;
    for (const _ of this.#source.keys()) count++;
    return count;
  }

  override iterate(): Iterable<Datum> {
    return this.#source.keys();
  }

  show(_run: Run): string {
    return '{...}';
  }
}
