import { isValueMap, type Value } from '../../model/value.ts';
import { asText, type Lookup, lookupFailure } from './lookup.ts';

interface SequenceOptions {
  readonly start: number;
  readonly end: number;
  readonly stride: number;
  readonly format: string | undefined;
}

const longestSequence = 1_000_000;

/**
 * `sequence`: numbers as texts. `start=1 end=9 stride=2 format=web%02d`, `count=5`, or in short `[START-]END[/STRIDE][:FORMAT]`.
 * Start and stride are 1 by default; a stride of 0 or a count of 0 gives nothing.
 */
export const sequence: Lookup = (terms, options) => {
  const sources = terms.length === 0 ? [options] : terms.map((term) => readTerm(term, options));
  return sources.flatMap((source) => numbers(readOptions(source)));
};

type RawOptions = Readonly<Record<string, Value>>;

function readTerm(term: Value, options: RawOptions): RawOptions {
  if (isValueMap(term)) return { ...options, ...term };
  const text = asText(term, 'a sequence').trim();
  const short = /^(?:(-?(?:0x[\da-f]+|\d+))-)?(-?(?:0x[\da-f]+|\d+))(?:\/(-?\d+))?(?::(.+))?$/i.exec(text);
  if (short !== null) {
    const [, start, end, stride, format] = short;
    const given = { start, end, stride, format };
    return { ...options, ...Object.fromEntries(Object.entries(given).filter(isGiven)) };
  }
  const words: Record<string, Value> = { ...options };
  for (const word of text.split(/\s+/)) {
    const found = /^(start|end|count|stride|format)=(.*)$/.exec(word);
    if (found === null)
      throw lookupFailure(
        `a sequence is not understood: ${JSON.stringify(word)}`,
        'Write start=1 end=9 stride=2 format=web%02d, or count=5, or 1-9/2:web%02d.',
      );
    words[found[1] ?? ''] = found[2] ?? '';
  }
  return words;
}

function isGiven(entry: [string, string | undefined]): entry is [string, string] {
  return entry[1] !== undefined;
}

function readOptions(raw: RawOptions): SequenceOptions {
  const stride = integer(raw, 'stride') ?? 1;
  const start = integer(raw, 'start') ?? 1;
  const count = integer(raw, 'count');
  const written = integer(raw, 'end');
  if ((count === undefined) === (written === undefined))
    throw lookupFailure('a sequence needs either end or count');
  const format = raw['format'] === undefined ? undefined : asText(raw['format'], 'the format of a sequence');
  if (count === 0) return { start, end: start, stride: 0, format };
  const end = written ?? start + (count ?? 0) * stride - stride;
  if (stride > 0 && end < start) throw lookupFailure('a sequence that counts down needs a negative stride');
  if (stride < 0 && end > start) throw lookupFailure('a sequence that counts up needs a positive stride');
  return { start, end, stride, format };
}

function integer(raw: RawOptions, name: string): number | undefined {
  const value = raw[name];
  if (value === undefined || value === null) return undefined;
  const text = asText(value, `${name} of a sequence`).trim();
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^-/, '');
  if (/^0x[\da-f]+$/i.test(digits)) return sign * Number.parseInt(digits, 16);
  // A leading zero is octal here, as in the language this form comes from.
  if (/^0[0-7]+$/.test(digits)) return sign * Number.parseInt(digits, 8);
  if (/^\d+$/.test(digits)) return sign * Number(digits);
  throw lookupFailure(`${name} of a sequence must be an integer, but is ${JSON.stringify(text)}`);
}

function numbers({ start, end, stride, format }: SequenceOptions): string[] {
  if (stride === 0) return [];
  const length = Math.floor((end - start) / stride) + 1;
  if (length > longestSequence)
    throw lookupFailure(`a sequence has at most ${longestSequence} numbers, but this one has ${length}`);
  const print = format === undefined ? String : formatter(format);
  return Array.from({ length }, (_, index) => print(start + index * stride));
}

function formatter(format: string): (number: number) => string {
  const found = /^((?:[^%]|%%)*)%([-+ 0#]*)(\d*)([diouxXs])((?:[^%]|%%)*)$/.exec(format);
  if (found === null)
    throw lookupFailure(
      `the format of a sequence needs exactly one number such as %d or %02x, but is ${JSON.stringify(format)}`,
    );
  const [, before = '', flags = '', width = '', kind = 'd', after = ''] = found;
  const plain = (text: string) => text.replaceAll('%%', '%');
  return (number) => plain(before) + padded(number, flags, Number(width), kind) + plain(after);
}

function padded(number: number, flags: string, width: number, kind: string): string {
  const digits = digitsOf(Math.abs(number), kind);
  const prefix = flags.includes('#') && kind.toLowerCase() === 'x' ? `0${kind}` : '';
  const sign = number < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const head = sign + prefix;
  if (flags.includes('-')) return (head + digits).padEnd(width);
  if (flags.includes('0') && kind !== 's') return head + digits.padStart(width - head.length, '0');
  return (head + digits).padStart(width);
}

function digitsOf(number: number, kind: string): string {
  if (kind === 'x') return number.toString(16);
  if (kind === 'X') return number.toString(16).toUpperCase();
  if (kind === 'o') return number.toString(8);
  return String(number);
}
