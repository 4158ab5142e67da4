import type { TextSink } from './reporter.ts';

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const eraseDown = '\u001b[J';

/** Cuts text to a width in columns. Escape sequences count nothing; a reset ends what was cut. */
export function cutToWidth(text: string, width: number): string {
  let columns = 0;
  let cut = '';
  for (const part of text.split(/(\u001b\[[0-9;]*m)/)) {
    if (part.startsWith('\u001b[')) {
      cut += part;
      continue;
    }
    for (const char of part) {
      if (columns >= width) return `${cut}\u001b[0m`;
      cut += char;
      columns += columnsOf(char);
    }
  }
  return cut;
}

/** Two columns for East Asian wide characters and emoji, one else. */
function columnsOf(char: string): number {
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u.test(
    char,
  )
    ? 2
    : 1;
}

/**
 * The last lines of a terminal, drawn again and again, with permanent text above them. It never draws more lines than
 * the terminal has, so that what scrolled away is never drawn over.
 */
export class LiveFrame {
  readonly #sink: TextSink;
  #drawnLines = 0;
  #cursorHidden = false;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  /** Writes permanent text, then the frame below it. `permanent` is empty or ends with a newline. */
  draw(permanent: string, lines: readonly string[]): void {
    const width = (this.#sink.columns ?? 80) - 1;
    const room = Math.max(1, (this.#sink.rows ?? 24) - 2);
    const shown = lines.slice(0, room).map((line) => cutToWidth(line, width));
    const up = this.#drawnLines > 0 ? `\u001b[${this.#drawnLines}A\r` : '';
    const hide = this.#cursorHidden || shown.length === 0 ? '' : hideCursor;
    this.#cursorHidden ||= hide !== '';
    this.#sink.write(`${hide}${up}${eraseDown}${permanent}${shown.map((line) => `${line}\n`).join('')}`);
    this.#drawnLines = shown.length;
  }

  /** Removes the frame and gives the cursor back. */
  close(permanent = ''): void {
    this.draw(permanent, []);
    if (this.#cursorHidden) this.#sink.write(showCursor);
    this.#cursorHidden = false;
  }
}
