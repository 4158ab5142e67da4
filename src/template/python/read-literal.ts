import { Float } from '../../model/value.ts';
import type { Datum } from '../datum.ts';
import { integer } from './number.ts';

const maxDepth = 64;

/** The words of Python and of JSON. */
const words: ReadonlyMap<string, Datum> = new Map<string, Datum>([
  ['True', true],
  ['False', false],
  ['None', null],
  ['true', true],
  ['false', false],
  ['null', null],
]);

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
  '0': '\0',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '/': '\\/',
  '\n': '',
};

const space = /[ \t\n\r\f]*/y;
const number =
  /-?(?:(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|0x[\da-fA-F]+|0o[0-7]+|0b[01]+|[1-9]\d*|0)(?![\w.])/y;
const word = /[A-Za-z]+(?!\w)/y;
const quote = /[uU]?(?=["'])/y;

/**
 * Reads text as data, where it is a literal: a list, a mapping, a text in quotes, a number or one of the words of
 * Python and JSON. Nothing in it is carried out. Undefined where it is none.
 */
export function readLiteral(source: string): Datum | undefined {
  const reader = new LiteralReader(source);
  return reader.whole();
}

class LiteralReader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  whole(): Datum | undefined {
    const value = this.#value(0);
    this.#take(space);
    return this.#at === this.#source.length ? value : undefined;
  }

  #value(depth: number): Datum | undefined {
    if (depth > maxDepth) return undefined;
    if (this.#sign('[')) return this.#items(depth, ']');
    if (this.#sign('{')) return this.#pairs(depth);
    if (this.#take(quote) !== undefined) return this.#texts();
    const digits = this.#take(number)?.[0];
    if (digits !== undefined) return numberOf(digits);
    const found = this.#take(word)?.[0];
    return found === undefined ? undefined : words.get(found);
  }

  /** Texts side by side are one text. */
  #texts(): string | undefined {
    let joined = '';
    do {
      const body = this.#text();
      if (body === undefined) return undefined;
      joined += body;
    } while (this.#take(quote) !== undefined);
    return joined;
  }

  /** The text whose opening quote is next; undefined where it does not end in its line. */
  #text(): string | undefined {
    const mark = this.#source[this.#at];
    const from = this.#at + 1;
    let hasEscapes = false;
    for (let at = from; at < this.#source.length; at++) {
      const character = this.#source[at];
      if (character === '\\') {
        hasEscapes = true;
        at++;
      } else if (character === '\n') return undefined;
      else if (character === mark) {
        this.#at = at + 1;
        const body = this.#source.slice(from, at);
        return hasEscapes ? unescaped(body) : body;
      }
    }
    return undefined;
  }

  #items(depth: number, end: string): Datum | undefined {
    const items: Datum[] = [];
    while (!this.#sign(end)) {
      const item = this.#value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
      if (this.#sign(',')) continue;
      return this.#sign(end) ? items : undefined;
    }
    return items;
  }

  #pairs(depth: number): Datum | undefined {
    const pairs = new Map<Datum, Datum>();
    while (!this.#sign('}')) {
      const key = this.#value(depth + 1);
      if (key === undefined || (typeof key === 'object' && key !== null) || !this.#sign(':'))
        return undefined;
      const value = this.#value(depth + 1);
      if (value === undefined) return undefined;
      pairs.set(key, value);
      if (this.#sign(',')) continue;
      return this.#sign('}') ? pairs : undefined;
    }
    return pairs;
  }

  #sign(sign: string): boolean {
    this.#take(space);
    if (this.#source[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    if (pattern !== space) this.#take(space);
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source) ?? undefined;
    if (found !== undefined) this.#at += found[0].length;
    return found;
  }
}

function numberOf(digits: string): Datum {
  const isNegative = digits.startsWith('-');
  const size = isNegative ? digits.slice(1) : digits;
  if (/^0[xob]|^\d+$/.test(size)) return integer(isNegative ? -BigInt(size) : BigInt(size));
  const value = Number(digits);
  return Number.isInteger(value) ? new Float(value) : value;
}

function unescaped(body: string): string {
  return body.replace(/\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[\s\S])/g, (whole) =>
    whole.length === 2 ? (escapes[whole.charAt(1)] ?? whole) : (codeText(whole.slice(2)) ?? whole),
  );
}

/** The character of a code; halves of a pair stay what they are and meet in the text. */
function codeText(digits: string): string | undefined {
  const code = Number.parseInt(digits, 16);
  if (code > 0x10ffff) return undefined;
  return code > 0xffff ? String.fromCodePoint(code) : String.fromCharCode(code);
}
