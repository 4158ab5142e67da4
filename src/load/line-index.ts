import type { Place, SourceFile } from '../model/place.ts';

/** Turns offsets in a file's text into places. The lines are counted when the first place is asked for. */
export class LineIndex {
  readonly file: SourceFile;
  #starts: readonly number[] | undefined;

  constructor(file: SourceFile) {
    this.file = file;
  }

  /** The place of the characters from `start` up to `end`, cut to the first line, at least one character long. */
  place(start: number, end = start + 1): Place {
    const line = this.lineAt(start);
    const lineStart = this.startOf(line);
    const text = this.file.text.slice(start, Math.min(end, lineStart + this.textOf(line).length));
    const length = Math.max(1, text.trimEnd().length);
    return { file: this.file.path, line, column: start - lineStart + 1, length };
  }

  /** The number of the line that holds the offset, from 1. */
  lineAt(offset: number): number {
    const starts = this.#lines();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** The offset of a line's first character. */
  startOf(line: number): number {
    return this.#lines()[line - 1] ?? this.file.text.length;
  }

  /** A line's text without its line break. */
  textOf(line: number): string {
    const start = this.startOf(line);
    const end = this.file.text.indexOf('\n', start);
    return this.file.text.slice(start, end === -1 ? undefined : end).replace(/\r$/, '');
  }

  #lines(): readonly number[] {
    if (this.#starts !== undefined) return this.#starts;
    const starts = [0];
    for (let at = this.file.text.indexOf('\n'); at !== -1; at = this.file.text.indexOf('\n', at + 1)) {
      starts.push(at + 1);
    }
    this.#starts = starts;
    return starts;
  }
}
