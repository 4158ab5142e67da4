/** Where the text of a document has got to, and how it may go on. */
export interface Writer {
  readonly parts: string[];
  readonly width: number;
  column: number;
  /** Whether the last character separates: nothing more is needed before an indicator. */
  space: boolean;
  /** Whether the line holds nothing yet but indentation and `-`. */
  indentation: boolean;
}

/** An empty document. */
export function startWriter(width: number): Writer {
  return { parts: [], width, column: 0, space: true, indentation: true };
}

/** Writes text as it is. */
export function write(writer: Writer, text: string): void {
  if (text === '') return;
  writer.parts.push(text);
  writer.column += [...text].length;
  writer.space = text.endsWith(' ');
  writer.indentation = false;
}

/** Writes an indicator, with a space before it where one is needed. */
export function writeIndicator(
  writer: Writer,
  text: string,
  options: { readonly indents?: boolean; readonly tight?: boolean } = {},
): void {
  const indentation = writer.indentation && options.indents === true;
  write(writer, writer.space || options.tight === true ? text : ` ${text}`);
  writer.indentation = indentation;
  writer.space = text === '[' || text === '{';
}

/** Goes to a column of this line, if only indentation stands before it, else of the next. */
export function writeIndent(writer: Writer, indent: number): void {
  if (!writer.indentation || writer.column > indent || (writer.column === indent && !writer.space))
    writeBreak(writer);
  if (writer.column < indent) {
    writer.parts.push(' '.repeat(indent - writer.column));
    writer.column = indent;
    writer.space = true;
  }
}

/** Ends the line. */
export function writeBreak(writer: Writer): void {
  writer.parts.push('\n');
  writer.column = 0;
  writer.space = true;
  writer.indentation = true;
}

/** Writes an unquoted text; a space beyond the width becomes a line break where `folds` allows. */
export function writePlain(writer: Writer, text: string, indent: number, folds: boolean): void {
  if (text === '') return;
  if (!writer.space) write(writer, ' ');
  foldSpaces(writer, text, indent, folds ? { first: 0, last: text.length } : undefined);
}

/** Writes a text in single quotes. */
export function writeSingleQuoted(writer: Writer, text: string, indent: number, folds: boolean): void {
  writeIndicator(writer, "'");
  const lines = text.split(/(\n+)/);
  let offset = 0;
  for (const [index, line] of lines.entries()) {
    if (index % 2 === 1) {
      // One line break is written as two: a single one would read as a space.
      for (let count = 0; count <= line.length; count++) writeBreak(writer);
      writeIndent(writer, indent);
    } else {
      const range = { first: -offset, last: text.length - offset };
      foldSpaces(writer, line, indent, folds ? range : undefined, (word) => word.replaceAll("'", "''"));
    }
    offset += line.length;
  }
  writeIndicator(writer, "'", { tight: true });
}

/** Where the ends of the whole text lie, counted from the line's start: no line is broken there. */
interface FoldRange {
  readonly first: number;
  readonly last: number;
}

function foldSpaces(
  writer: Writer,
  line: string,
  indent: number,
  fold: FoldRange | undefined,
  encode: (word: string) => string = (word) => word,
): void {
  let offset = 0;
  for (const part of line.split(/( +)/)) {
    const isSpace = part.startsWith(' ');
    const atEnd = fold === undefined || offset === fold.first || offset + part.length === fold.last;
    if (part === ' ' && !atEnd && writer.column > writer.width) writeIndent(writer, indent);
    else write(writer, isSpace ? part : encode(part));
    offset += part.length;
  }
}

const shortEscapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\x0b': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u0085': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
};
const asItIs = /^[\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]$/u;

/** Writes a text in double quotes, with escapes for what does not print. */
export function writeDoubleQuoted(writer: Writer, text: string, indent: number, folds: boolean): void {
  writeIndicator(writer, '"');
  const characters = [...text];
  let pending: string[] = [];
  const flush = (end = '') => {
    write(writer, pending.join('') + end);
    pending = [];
  };
  for (const [index, character] of characters.entries()) {
    const escaped = escapeFor(character);
    if (escaped !== undefined) flush(escaped);
    // Lines are broken before a space, and on either side of an escape.
    const divisible = folds && (character === ' ' || pending.length === 0);
    const inside = index > 0 && index < characters.length - 1;
    const ahead = escaped === undefined ? pending.length : -1;
    if (divisible && inside && writer.column + ahead > writer.width) {
      flush('\\');
      writeIndent(writer, indent);
      // A reader drops the spaces that start a line, unless they are escaped.
      if ((escaped === undefined ? character : characters[index + 1]) === ' ') write(writer, '\\');
    }
    if (escaped === undefined) pending.push(character);
  }
  flush();
  writeIndicator(writer, '"', { tight: true });
}

/** How a character is written that does not stand for itself. */
function escapeFor(character: string): string | undefined {
  return shortEscapes[character] ?? (asItIs.test(character) ? undefined : codeEscape(character));
}

function codeEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
