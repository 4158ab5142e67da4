import { readFileSync } from 'node:fs';
import type { Diagnostic } from '../model/diagnostic.ts';
import { RunbookError } from '../model/diagnostic.ts';
import { type DiagnosticStyle, formatDiagnostic } from '../model/format-diagnostic.ts';
import { vaultFormatOf } from '../model/vault.ts';
import { colourStyle, plainStyle, type Style, wantsColour } from '../report/reporter.ts';

const files = new Map<string, string | undefined>();

/** The text of a source file, for the line that a diagnostic shows; undefined when it cannot be read. */
function readSource(path: string): string | undefined {
  if (!files.has(path)) {
    try {
      const text = readFileSync(path, 'utf8');
      // Lines of an encrypted file say nothing, and its plain ones are secret.
      files.set(path, vaultFormatOf(text) === undefined ? text : undefined);
    } catch {
      // The diagnostic is worth showing without its source line.
      files.set(path, undefined);
    }
  }
  return files.get(path);
}

function diagnosticStyle(style: Style): DiagnosticStyle {
  const mark = (text: string, severity: Diagnostic['severity']) =>
    severity === 'error' ? style.failed(text) : style.changed(text);
  return { head: mark, place: style.bold, gutter: style.dim, caret: mark, hint: style.notice };
}

/** Prints diagnostics to standard error, each with its source line. */
export function showDiagnostics(diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length === 0) return;
  const style = diagnosticStyle(
    wantsColour(process.env, process.stderr.isTTY === true) ? colourStyle : plainStyle,
  );
  process.stderr.write(
    `${diagnostics.map((one) => formatDiagnostic(one, readSource, style)).join('\n\n')}\n`,
  );
}

/**
 * Prints why a command failed: diagnostics for a user's mistake, a stack trace for a bug.
 *
 * @returns the exit code.
 */
export function showFailure(error: unknown): number {
  if (error instanceof RunbookError) {
    showDiagnostics(error.diagnostics);
    return error.exitCode;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `error RB901: this is a bug in runbook, please report it with what follows\n${detail}\n`,
  );
  return 70;
}
