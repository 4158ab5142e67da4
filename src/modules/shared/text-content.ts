import { isUtf8 } from 'node:buffer';

/** A file's bytes as text to edit. Bytes that are no UTF-8 come back unharmed: each is one character then. */
export interface TextContent {
  readonly text: string;
  /** Text of a parameter as it would look in this file's text. */
  adopt(text: string): string;
  /** The bytes of an edited text. */
  encode(text: string): Buffer;
}

/** Reads bytes as text. */
export function textContent(bytes: Buffer): TextContent {
  if (isUtf8(bytes))
    return {
      text: bytes.toString('utf8'),
      adopt: (text) => text,
      encode: (text) => Buffer.from(text, 'utf8'),
    };
  return {
    text: bytes.toString('latin1'),
    adopt: (text) => Buffer.from(text, 'utf8').toString('latin1'),
    encode: (text) => Buffer.from(text, 'latin1'),
  };
}

/** A text's lines with their line ends, as Python's `readlines`. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** A line without its line end. */
export function withoutLineEnd(line: string): string {
  return line.replace(/[\r\n]+$/, '');
}
