import type { Diagnostic } from '../model/diagnostic.ts';
import { formatPlace } from '../model/place.ts';

/**
 * Diagnostics by file (in the order given, others behind as they come), line and column, each once; those without a place
 * come first.
 */
export function sortDiagnostics(
  diagnostics: readonly Diagnostic[],
  files: readonly string[],
): readonly Diagnostic[] {
  const rank = new Map(files.map((file, index) => [file, index]));
  for (const { at } of diagnostics) if (at !== undefined && !rank.has(at.file)) rank.set(at.file, rank.size);
  const unique = new Map(diagnostics.map((one) => [keyOf(one), one]));
  const key = ({ at }: Diagnostic): readonly [number, number, number] =>
    at === undefined ? [-1, 0, 0] : [rank.get(at.file) ?? files.length, at.line, at.column];
  return [...unique.values()].toSorted((a, b) => {
    const [left, right] = [key(a), key(b)];
    return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
  });
}

function keyOf({ code, message, at }: Diagnostic): string {
  return `${code} ${at === undefined ? '' : formatPlace(at)} ${message}`;
}
