import { Float, type Value } from '../model/value.ts';
import { toMapping } from './mapping.ts';

/** How deep lists and dictionaries of a literal may lie inside each other. */
const maxDepth = 32;

/**
 * Reads a literal of Python, as values of INI inventories are written: numbers, `True`, `False`, `None`, quoted texts,
 * lists, tuples, dictionaries. What is none of these is a text and stands for itself. A `#` comment may follow.
 */
export function readPythonLiteral(text: string): Value {
  const reader: Reader = { text, at: 0 };
  try {
    const value = readValue(reader, 0);
    skipSpace(reader);
    if (reader.at === text.length || text.charAt(reader.at) === '#') return value;
  } catch (error) {
    if (!(error instanceof NotLiteral)) throw error;
  }
  return text;
}

class NotLiteral extends Error {}

interface Reader {
  readonly text: string;
  at: number;
}

const words: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['True', true],
  ['False', false],
  ['None', null],
]);
const number = /[-+]?(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|(?:\d[\d_]*)?\.?\d*(?:[eE][-+]?\d+)?)/y;
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};

function readValue(reader: Reader, depth: number): Value {
  if (depth > maxDepth) throw new NotLiteral();
  skipSpace(reader);
  const first = reader.text.charAt(reader.at);
  if (first === '"' || first === "'") return readTexts(reader);
  if (first === '[') return readItems(reader, ']', depth).items;
  if (first === '(') {
    const { items, comma } = readItems(reader, ')', depth);
    // Brackets around one value without a comma only group.
    return items.length === 1 && !comma ? (items[0] ?? null) : items;
  }
  if (first === '{') return readDictionary(reader, depth);
  return readWord(reader);
}

function readWord(reader: Reader): Value {
  const word = /^[A-Za-z]+(?![A-Za-z0-9_])/.exec(reader.text.slice(reader.at))?.[0];
  const value = word === undefined ? undefined : words.get(word);
  if (word !== undefined && value !== undefined) {
    reader.at += word.length;
    return value;
  }
  number.lastIndex = reader.at;
  const digits = number.exec(reader.text)?.[0] ?? '';
  if (!/\d/.test(digits) || /^[-+]?0\d/.test(digits)) throw new NotLiteral();
  if (/^[\w.]/.test(reader.text.slice(reader.at + digits.length))) throw new NotLiteral();
  reader.at += digits.length;
  return toNumber(digits.replaceAll('_', ''));
}

function toNumber(digits: string): Value {
  const negative = digits.startsWith('-');
  const bare = digits.replace(/^[-+]/, '');
  const value = negative ? 0 - Number(bare) : Number(bare);
  if (!/^0[xob]/i.test(bare) && /[.eE]/.test(bare)) return Number.isInteger(value) ? new Float(value) : value;
  if (Number.isSafeInteger(value)) return value;
  return negative ? -BigInt(bare) : BigInt(bare);
}

/** Texts side by side are one text. */
function readTexts(reader: Reader): string {
  let joined = '';
  for (let quote = reader.text.charAt(reader.at); quote === '"' || quote === "'"; ) {
    joined += readText(reader, quote);
    skipSpace(reader);
    quote = reader.text.charAt(reader.at);
  }
  return joined;
}

function readText(reader: Reader, quote: string): string {
  let value = '';
  for (reader.at++; reader.at < reader.text.length; reader.at++) {
    const character = reader.text.charAt(reader.at);
    if (character === quote) {
      reader.at++;
      return value;
    }
    value += character === '\\' ? readEscape(reader) : character;
  }
  throw new NotLiteral();
}

function readEscape(reader: Reader): string {
  const code = /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/.exec(reader.text.slice(reader.at, reader.at + 6));
  if (code) {
    reader.at += code[0].length - 1;
    return String.fromCharCode(Number.parseInt(code[1] ?? code[2] ?? '', 16));
  }
  const next = reader.text.charAt(++reader.at);
  return escapes[next] ?? `\\${next}`;
}

function readItems(reader: Reader, close: string, depth: number): { items: Value[]; comma: boolean } {
  const items: Value[] = [];
  let comma = false;
  for (reader.at++; ; ) {
    if (takes(reader, close)) return { items, comma };
    items.push(readValue(reader, depth + 1));
    comma = takes(reader, ',');
    if (!comma && takes(reader, close)) return { items, comma: items.length > 1 };
    if (!comma) throw new NotLiteral();
  }
}

function readDictionary(reader: Reader, depth: number): Value {
  const entries: [Value, Value][] = [];
  for (reader.at++; ; ) {
    if (takes(reader, '}')) return toMapping(entries);
    const key = readValue(reader, depth + 1);
    if (!takes(reader, ':') || (typeof key === 'object' && key !== null)) throw new NotLiteral();
    entries.push([key, readValue(reader, depth + 1)]);
    if (takes(reader, ',')) continue;
    if (takes(reader, '}')) return toMapping(entries);
    throw new NotLiteral();
  }
}

function takes(reader: Reader, character: string): boolean {
  skipSpace(reader);
  if (reader.text.charAt(reader.at) !== character) return false;
  reader.at++;
  return true;
}

function skipSpace(reader: Reader): void {
  while (/\s/.test(reader.text.charAt(reader.at))) reader.at++;
}
