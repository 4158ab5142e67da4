import { formatDuration } from '../lib/duration.ts';
import type { CriticalPath, PathPart } from './critical-path.ts';
import { printableLine } from './printable.ts';
import type { Style } from './reporter.ts';

const mostParts = 12;

/** The critical path for people: the parts that took time, first to last, and what more permits would have saved. */
export function pathText({ parts, totalMs, savings }: CriticalPath, style: Style): string {
  const shown = longest(parts);
  const lines = shown.map((part) => partLine(part, style));
  const left = parts.length - shown.length;
  if (left > 0) lines.push(style.dim(`  and ${left} shorter ${left === 1 ? 'part' : 'parts'}`));
  const saved = savings.map(
    ({ limit, capacity, savedMs }) =>
      `  one more permit of ${printableLine(limit)} (${capacity}) would have saved about ${formatDuration(savedMs)}`,
  );
  return `\n${style.bold('CRITICAL PATH')}  ${style.dim(formatDuration(totalMs))}\n${[...lines, ...saved].join('\n')}\n`;
}

function longest(parts: readonly PathPart[]): readonly PathPart[] {
  if (parts.length <= mostParts) return parts;
  const byTime = [...parts].sort((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs));
  const kept = new Set(byTime.slice(0, mostParts));
  return parts.filter((part) => kept.has(part));
}

function partLine({ label, kind, startMs, endMs, waitedFor }: PathPart, style: Style): string {
  const time = formatDuration(endMs - startMs).padStart(9);
  const before = waitedFor === undefined ? '' : style.dim(`  (waited for ${printableLine(waitedFor)})`);
  const text = printableLine(label);
  return `  ${time}  ${kind === 'wait' ? style.notice(text) : text}${before}`;
}
