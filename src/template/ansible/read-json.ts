import { Float } from '../../model/value.ts';
import type { Datum } from '../datum.ts';
import { integer } from '../python/number.ts';

const token =
  /\s*(?:([[\]{},:])|("(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[\da-fA-F]{4})*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)|(true|false|null|NaN|-?Infinity))/y;
const maxDepth = 500;

/** Reads JSON as Python does: integers of any size, `1.0` as a float, keys in their order; undefined if it is none. */
export function readJson(text: string): Datum | undefined {
  const reader = new JsonReader(text);
  return reader.document();
}

const words: ReadonlyMap<string, Datum> = new Map<string, Datum>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Datum | undefined {
    const value = this.#value(0);
    return value !== undefined && this.#text.slice(this.#at).trim() === '' ? value : undefined;
  }

  #next(): RegExpExecArray | null {
    token.lastIndex = this.#at;
    const match = token.exec(this.#text);
    if (match !== null) this.#at = token.lastIndex;
    return match;
  }

  #skip(punctuation: string): boolean {
    const before = this.#at;
    if (this.#next()?.[1] === punctuation) return true;
    this.#at = before;
    return false;
  }

  #value(depth: number): Datum | undefined {
    const match = this.#next();
    if (match === null || depth > maxDepth) return undefined;
    const [, punctuation, string, number, word] = match;
    if (string !== undefined) return JSON.parse(string) as string;
    if (number !== undefined) return readNumber(number);
    if (word !== undefined) return words.get(word);
    if (punctuation === '[') return this.#list(depth);
    return punctuation === '{' ? this.#mapping(depth) : undefined;
  }

  #list(depth: number): Datum | undefined {
    const items: Datum[] = [];
    if (this.#skip(']')) return items;
    for (;;) {
      const item = this.#value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
      if (this.#skip(']')) return items;
      if (!this.#skip(',')) return undefined;
    }
  }

  #mapping(depth: number): Datum | undefined {
    const map = new Map<Datum, Datum>();
    if (this.#skip('}')) return map;
    for (;;) {
      const key = this.#next()?.[2];
      if (key === undefined || !this.#skip(':')) return undefined;
      const value = this.#value(depth + 1);
      if (value === undefined) return undefined;
      map.set(JSON.parse(key) as string, value);
      if (this.#skip('}')) return map;
      if (!this.#skip(',')) return undefined;
    }
  }
}

function readNumber(text: string): Datum {
  if (!/[.eE]/.test(text)) return integer(BigInt(text));
  const value = Number(text);
  return Number.isInteger(value) ? new Float(value) : value;
}
