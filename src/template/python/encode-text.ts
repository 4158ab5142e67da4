import type { Run } from '../datum.ts';

const encodings = {
  utf8: 'utf8',
  latin1: 'latin1',
  iso88591: 'latin1',
  utf16le: 'utf16le',
  ascii: 'ascii',
} as const;

type Encoding = (typeof encodings)[keyof typeof encodings];

function encodingOf(run: Run, name: string): Encoding {
  const found = Object.entries(encodings).find(([key]) => key === name.toLowerCase().replace(/[-_]/g, ''));
  if (found === undefined) throw run.fail(`unknown encoding "${name}"`);
  return found[1];
}

/** The highest character that an encoding of one byte for each has. */
const highest: Readonly<Partial<Record<Encoding, number>>> = { ascii: 0x7f, latin1: 0xff };

/**
 * Text as bytes of an encoding that goes by one of Python's names for it. Bytes that `decodeBytes` could not read as
 * UTF-8 become what they were.
 *
 * @throws TemplateError for an unknown encoding, or a character that the encoding has not.
 */
export function encodeText(run: Run, text: string, encoding: string): Buffer {
  const name = encodingOf(run, encoding);
  const limit = highest[name];
  if (limit !== undefined) {
    const beyond = [...text].find((character) => (character.codePointAt(0) ?? 0) > limit);
    if (beyond !== undefined) throw run.fail(`"${beyond}" cannot be written in the encoding "${encoding}"`);
  }
  if (name !== 'utf8' || !strayByte.test(text)) return Buffer.from(text, name);
  const parts = text.split(/([\udc80-\udcff])/u);
  return Buffer.concat(
    parts.map((part) =>
      strayByte.test(part) ? Buffer.from([part.charCodeAt(0) - strayBase]) : Buffer.from(part),
    ),
  );
}

/** Python keeps a byte that is no UTF-8 as the lone surrogate that lies this far above it. */
const strayBase = 0xdc00;
const strayByte = /[\udc80-\udcff]/u;

/**
 * Bytes of an encoding as text. Bytes that are no UTF-8 are kept as lone surrogates, so that `encodeText` gives them
 * back.
 *
 * @throws TemplateError for an unknown encoding.
 */
export function decodeBytes(run: Run, bytes: Buffer, encoding: string): string {
  const name = encodingOf(run, encoding);
  const text = bytes.toString(name);
  if (name !== 'utf8' || !text.includes('\ufffd')) return text;
  let result = '';
  for (let at = 0; at < bytes.length; ) {
    const size = sequenceLength(bytes, at);
    result +=
      size === 0 ? String.fromCharCode(strayBase + (bytes[at] ?? 0)) : bytes.toString('utf8', at, at + size);
    at += Math.max(1, size);
  }
  return result;
}

/** How many bytes the character at a place has; 0 where there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  for (const size of [1, 2, 3, 4]) {
    const part = bytes.subarray(at, at + size);
    const [character, ...others] = part.toString('utf8');
    if (part.length === size && others.length === 0 && Buffer.from(character ?? '').equals(part)) return size;
  }
  return 0;
}
