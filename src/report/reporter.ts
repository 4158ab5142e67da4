import type { RunEvent } from '../model/event.ts';

/** Turns events into something for people or machines. Events come in order; `event` must not throw. */
export interface Reporter {
  event(event: RunEvent): void;
  /** Called once, after the last event: writes what is still held back. */
  close?(): Promise<void> | void;
  /** Leaves the terminal to a question; the returned function takes it back. */
  pause?(): () => void;
}

/** Where text goes; a stream of the process, or an array in a test. */
export interface TextSink {
  write(text: string): void;
  /** The width of a terminal, in columns; undefined for a file or a pipe. */
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** Colours as functions from text to text; `plainStyle` leaves it alone. */
export interface Style {
  readonly ok: (text: string) => string;
  readonly changed: (text: string) => string;
  readonly skipped: (text: string) => string;
  readonly failed: (text: string) => string;
  readonly notice: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly added: (text: string) => string;
  readonly removed: (text: string) => string;
}

const same = (text: string): string => text;

/** No colours: files, pipes, `NO_COLOR`. */
export const plainStyle: Style = {
  ok: same,
  changed: same,
  skipped: same,
  failed: same,
  notice: same,
  dim: same,
  bold: same,
  added: same,
  removed: same,
};

const sgr = (open: number, close: number) => (text: string) => `\u001b[${open}m${text}\u001b[${close}m`;

/** The sixteen colours that every terminal theme defines. */
export const colourStyle: Style = {
  ok: sgr(32, 39),
  changed: sgr(33, 39),
  skipped: sgr(36, 39),
  failed: sgr(31, 39),
  notice: sgr(35, 39),
  dim: sgr(2, 22),
  bold: sgr(1, 22),
  added: sgr(32, 39),
  removed: sgr(31, 39),
};

/** Whether to colour: `FORCE_COLOR` and `NO_COLOR` (no-color.org) decide, else whether it is a terminal that can. */
export function wantsColour(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0') return true;
  return isTerminal && env['TERM'] !== 'dumb';
}

/** One reporter that passes events on to several. */
export function allReporters(reporters: readonly Reporter[]): Reporter {
  return {
    event(event) {
      for (const reporter of reporters) reporter.event(event);
    },
    async close() {
      for (const reporter of reporters) await reporter.close?.();
    },
    pause() {
      const resumes = reporters.map((reporter) => reporter.pause?.());
      return () => {
        for (const resume of resumes) resume?.();
      };
    },
  };
}
