import type { Diagnostic } from './diagnostic.ts';
import { errorCodes } from './error-codes.ts';
import { formatPlace, type Place } from './place.ts';

/** Colours (or other marks) for the parts of a diagnostic. Each is given plain text and gives it back dressed. */
export interface DiagnosticStyle {
  /** The first word with the code: `error RB104`. */
  readonly head: (text: string, severity: Diagnostic['severity']) => string;
  readonly place: (text: string) => string;
  /** Line numbers and the bars beside them. */
  readonly gutter: (text: string) => string;
  readonly caret: (text: string, severity: Diagnostic['severity']) => string;
  readonly hint: (text: string) => string;
}

/** Plain text. */
export const plainStyle: DiagnosticStyle = {
  head: (text) => text,
  place: (text) => text,
  gutter: (text) => text,
  caret: (text) => text,
  hint: (text) => text,
};

/** The longest part of a source line that is shown. */
const maxWidth = 160;

/**
 * A diagnostic for people: its code and message, `file:line:column`, the source line with a caret under what is meant,
 * further places in the same form, and the hint. Control characters of the source are shown as `·`. Ends without a
 * line break.
 *
 * @param readSource the text of a file by the path that stands in places; undefined where it is not known or secret
 */
export function formatDiagnostic(
  diagnostic: Diagnostic,
  readSource: (file: string) => string | undefined,
  style: DiagnosticStyle = plainStyle,
): string {
  const { code, severity, message, at, related = [], hint } = diagnostic;
  const head = style.head(`${severity} ${code} ${errorCodes[code].title}`, severity);
  const lines = [`${head}: ${message}`];
  const places = [at, ...related.map((one) => one.at)].filter((one) => one !== undefined);
  const width = Math.max(...places.map((one) => String(one.line).length), 1);
  if (at) lines.push(...frame(at, undefined, { readSource, style, severity, width }));
  for (const one of related) lines.push(...frame(one.at, one.note, { readSource, style, severity, width }));
  if (hint !== undefined)
    lines.push(`${' '.repeat(width)} ${style.gutter('=')} ${style.hint(`hint: ${hint}`)}`);
  return lines.join('\n');
}

interface Frame {
  readonly readSource: (file: string) => string | undefined;
  readonly style: DiagnosticStyle;
  readonly severity: Diagnostic['severity'];
  readonly width: number;
}

function frame(place: Place, note: string | undefined, options: Frame): string[] {
  const { style, width } = options;
  const suffix = note === undefined ? '' : ` ${note}`;
  const lines = [`${' '.repeat(width)} ${style.gutter('-->')} ${style.place(formatPlace(place))}${suffix}`];
  const text = options.readSource(place.file)?.split('\n')[place.line - 1]?.replace(/\r$/, '');
  if (text === undefined) return lines;
  const { shown, column } = cut(visible(text), place.column - 1);
  const length = Math.max(1, Math.min(place.length, shown.length - column));
  const pad = ' '.repeat(cells(shown.slice(0, column)));
  const caret = '^'.repeat(Math.max(1, cells(shown.slice(column, column + length))));
  lines.push(`${style.gutter(`${String(place.line).padStart(width)} |`)} ${shown}`);
  lines.push(`${style.gutter(`${' '.repeat(width)} |`)} ${pad}${style.caret(caret, options.severity)}`);
  return lines;
}

/** The part of a long line around a column. */
function cut(text: string, column: number): { shown: string; column: number } {
  if (text.length <= maxWidth) return { shown: text, column };
  const start = Math.max(0, Math.min(column - 40, text.length - maxWidth));
  const end = start + maxWidth;
  const before = start > 0 ? '…' : '';
  const after = end < text.length ? '…' : '';
  return { shown: before + text.slice(start, end) + after, column: column - start + before.length };
}

/** The line with each tab as one space, so that the caret stands right, and without control characters. */
function visible(text: string): string {
  return text
    .replaceAll('\t', ' ')
    .replaceAll(/[\0-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, '·');
}

/** How many terminal columns a text takes: two for East Asian wide characters and emoji, none for marks. */
function cells(text: string): number {
  let count = 0;
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue;
    count +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return count;
}
