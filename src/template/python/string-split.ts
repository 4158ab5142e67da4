import type { Run } from '../datum.ts';

/** Python's `text.split(separator, limit)`; without a separator at runs of whitespace. */
export function split(run: Run, text: string, separator: string | undefined, limit: number): string[] {
  run.step(Math.ceil(text.length / 16));
  if (separator === undefined) return splitBlanks(text, limit);
  const parts = text.split(separator);
  if (limit < 0 || parts.length - 1 <= limit) return parts;
  return [...parts.slice(0, limit), parts.slice(limit).join(separator)];
}

function splitBlanks(text: string, limit: number): string[] {
  const words = text
    .trim()
    .split(/\s+/u)
    .filter((word) => word !== '');
  if (limit < 0 || words.length <= limit) return words;
  let rest = text.trimStart();
  for (let i = 0; i < limit; i++) rest = rest.slice(words[i]?.length ?? 0).trimStart();
  return [...words.slice(0, limit), rest];
}

/** Python's `text.rsplit(separator, limit)`: counted from the end. */
export function splitRight(run: Run, text: string, separator: string | undefined, limit: number): string[] {
  run.step(Math.ceil(text.length / 16));
  if (separator === undefined) {
    const reversed = splitBlanks(reverse(text), limit);
    return reversed.map(reverse).toReversed();
  }
  const parts = text.split(separator);
  if (limit < 0 || parts.length - 1 <= limit) return parts;
  const kept = parts.length - limit;
  return [parts.slice(0, kept).join(separator), ...parts.slice(kept)];
}

function reverse(text: string): string {
  return [...text].toReversed().join('');
}

const lineEnd = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g;

/** Python's `text.splitlines()`. */
export function splitLines(text: string, keepEnds: boolean): string[] {
  const lines: string[] = [];
  let from = 0;
  for (const match of text.matchAll(lineEnd)) {
    lines.push(text.slice(from, match.index + (keepEnds ? match[0].length : 0)));
    from = match.index + match[0].length;
  }
  if (from < text.length) lines.push(text.slice(from));
  return lines;
}

/** Text without the given characters (whitespace by default) at its ends. */
export function stripText(
  text: string,
  characters: string | undefined,
  ends: 'both' | 'start' | 'end',
): string {
  if (characters === undefined)
    return ends === 'both' ? text.trim() : ends === 'start' ? text.trimStart() : text.trimEnd();
  const drop = new Set(characters);
  const letters = [...text];
  let from = 0;
  let to = letters.length;
  if (ends !== 'end') while (from < to && drop.has(letters[from] ?? '')) from++;
  if (ends !== 'start') while (to > from && drop.has(letters[to - 1] ?? '')) to--;
  return letters.slice(from, to).join('');
}
