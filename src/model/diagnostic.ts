import { type ErrorCode, exitCodeOf } from './error-codes.ts';
import type { Place } from './place.ts';

/** One thing that is wrong (or suspicious) in what the user wrote, with its place and a way out. */
export interface Diagnostic {
  readonly code: ErrorCode;
  readonly severity: 'error' | 'warning';
  /** One sentence without a final full stop: what was found and what was expected. */
  readonly message: string;
  readonly at?: Place | undefined;
  /** Further places that the message speaks of, each with a short note. */
  readonly related?: readonly { readonly at: Place; readonly note: string }[] | undefined;
  /** What to do next: the next command to type, or the text to write. */
  readonly hint?: string | undefined;
}

/**
 * A failure that the user can mend: it is printed as diagnostics, never as a stack trace.
 * Its exit code is that of the first error in the table of codes.
 */
export class RunbookError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[], options?: { cause?: unknown }) {
    super(diagnostics.map((d) => d.message).join('\n'), options);
    this.name = 'RunbookError';
    this.diagnostics = diagnostics;
  }

  /** The exit code that the process ends with. */
  get exitCode(): number {
    const first = this.diagnostics.find((d) => d.severity === 'error');
    return first === undefined ? 70 : exitCodeOf(first.code);
  }
}

/** Optional parts of a diagnostic. */
export type DiagnosticExtras = Pick<Diagnostic, 'at' | 'related' | 'hint'>;

/** An error diagnostic. */
export function errorDiagnostic(code: ErrorCode, message: string, extras: DiagnosticExtras = {}): Diagnostic {
  return { code, severity: 'error', message, ...extras };
}

/** A warning diagnostic. */
export function warningDiagnostic(
  code: ErrorCode,
  message: string,
  extras: DiagnosticExtras = {},
): Diagnostic {
  return { code, severity: 'warning', message, ...extras };
}

/** A `RunbookError` that holds one error. */
export function failure(code: ErrorCode, message: string, extras: DiagnosticExtras = {}): RunbookError {
  return new RunbookError([errorDiagnostic(code, message, extras)]);
}

/** Ends a stage that found errors. @throws RunbookError with all diagnostics, when one of them is an error. */
export function throwErrors(diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.some((one) => one.severity === 'error')) throw new RunbookError(diagnostics);
}
