import { createTwoFilesPatch } from 'diff';
import type { Diff } from '../model/module.ts';

function withFinalNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** A difference as unified diff text (`diff -u`, POSIX.1-2024), without its trailing newline. Empty when alike. */
export function unifiedDiff(diff: Diff): string {
  if (diff.before === diff.after) return '';
  const noNewline =
    diff.before.endsWith('\n') !== diff.after.endsWith('\n') && diff.before !== '' && diff.after !== '';
  const [before, after] = noNewline
    ? [diff.before, diff.after]
    : [withFinalNewline(diff.before), withFinalNewline(diff.after)];
  const patch = createTwoFilesPatch(
    diff.beforeHeader ?? 'before',
    diff.afterHeader ?? 'after',
    before,
    after,
    '',
    '',
    {
      context: 3,
    },
  );
  return patch
    .split('\n')
    .filter((line) => !line.startsWith('====') && !line.startsWith('Index: '))
    .map((line) => (line.startsWith('--- ') || line.startsWith('+++ ') ? line.replace(/\t$/, '') : line))
    .join('\n')
    .trimEnd();
}

/** All differences of a step's result, as one text. */
export function unifiedDiffs(diff: Diff | readonly Diff[] | undefined): string {
  if (diff === undefined) return '';
  const list = Array.isArray(diff) ? (diff as readonly Diff[]) : [diff as Diff];
  return list
    .map(unifiedDiff)
    .filter((text) => text !== '')
    .join('\n');
}
