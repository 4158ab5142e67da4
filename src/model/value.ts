import type { Place } from './place.ts';

/**
 * What variables, facts, results and templates hold. A mapping is a plain object, or a `Map` where an object would
 * lose the order or the type of a key (integer-like keys). A number is an integer when `Number.isInteger` says so;
 * a float with an integral value is a `Float`; integers beyond 2^53 are `bigint`.
 */
export type Value =
  | string
  | number
  | bigint
  | boolean
  | null
  | Float
  | Secret
  | VaultText
  | Unsafe
  | readonly Value[]
  | ValueMap
  | ReadonlyMap<Value, Value>;

/** A mapping with string keys. */
export interface ValueMap {
  readonly [key: string]: Value;
}

/** A floating-point number that prints as one although its value is integral: YAML's and Python's `1.0`. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  valueOf(): number {
    return this.value;
  }

  toJSON(): number {
    return this.value;
  }
}

/** A secret text. It prints, serialises and inspects as its name only; `reveal` is its one way out. */
export class Secret {
  readonly #text: string;
  /** What stands in its place wherever it is shown. */
  readonly name: string;

  constructor(text: string, name = 'secret') {
    this.#text = text;
    this.name = name;
  }

  /** The text itself, for the one sink that needs it: a channel's standard input, a written file. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return `‹${this.name}›`;
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** An encrypted text as written (`!vault`). It is decrypted when first read, into a `Secret`. */
export class VaultText {
  /** The armoured text with its header, line breaks as written. */
  readonly text: string;
  readonly at: Place;

  constructor(text: string, at: Place) {
    this.text = text;
    this.at = at;
  }

  toString(): string {
    return '‹vault›';
  }

  toJSON(): string {
    return this.toString();
  }
}

/**
 * A value whose strings are never templates, however they look (`!unsafe`). It wraps the whole tagged value, so a
 * reader that meets it uses `value` as it is and renders nothing in it.
 */
export class Unsafe {
  readonly value: Value;

  constructor(value: Value) {
    this.value = value;
  }

  toJSON(): unknown {
    return this.value;
  }
}

/** Whether a value is a mapping written as a plain object. */
export function isValueMap(value: unknown): value is ValueMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
