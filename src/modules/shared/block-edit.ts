import { compilePythonRegex } from '../../lib/python-regex.ts';
import type { Edited } from './edit-file.ts';
import { linesOf, type TextContent, withoutLineEnd } from './text-content.ts';

/** What `blockinfile` is asked for. */
export interface BlockWish {
  readonly block: string;
  readonly state: 'present' | 'absent';
  readonly marker: string;
  readonly marker_begin: string;
  readonly marker_end: string;
  readonly insertafter?: string | undefined;
  readonly insertbefore?: string | undefined;
  readonly append_newline: boolean;
  readonly prepend_newline: boolean;
}

/** Puts a block into a text in the place of the block that is there, else where the wish says; or removes it. */
export function placeBlock(
  content: TextContent,
  wish: BlockWish,
  file: { readonly path: string; readonly isNew: boolean },
): Edited {
  const lines = linesOf(content.text);
  const block = blockLines(wish, content);
  const begin = content.adopt(wish.marker.replaceAll('{mark}', wish.marker_begin));
  const end = content.adopt(wish.marker.replaceAll('{mark}', wish.marker_end));
  const first = lines.findLastIndex((line) => withoutLineEnd(line) === begin);
  const last = lines.findLastIndex((line) => withoutLineEnd(line) === end);
  const isThere = first >= 0 && last >= 0;
  // Markers in the wrong order enclose what is between them all the same.
  const at = isThere ? Math.min(first, last) : insertionIndex(lines, wish, content);
  const before = lines.slice(0, at);
  const after = lines.slice(isThere ? Math.max(first, last) + 1 : at);
  const text = block.length === 0 ? [...before, ...after].join('') : join(before, block, after, wish);
  return {
    text,
    msg: file.isNew ? 'File created' : block.length === 0 ? 'Block removed' : 'Block inserted',
    reason: block.length === 0 ? `the block is not in ${file.path}` : `the block is in ${file.path}`,
  };
}

function blockLines(wish: BlockWish, content: TextContent): string[] {
  if (wish.state === 'absent' || wish.block === '') return [];
  const block = content.adopt(wish.block);
  const mark = (word: string) => `${content.adopt(wish.marker.replaceAll('{mark}', word))}\n`;
  return [mark(wish.marker_begin), ...linesOf(endLine(block)), mark(wish.marker_end)];
}

function join(
  before: readonly string[],
  block: readonly string[],
  after: readonly string[],
  wish: BlockWish,
): string {
  const above = endLine(before.join(''));
  const gapAbove = wish.prepend_newline && before.length > 0 && before.at(-1) !== '\n' ? '\n' : '';
  const gapBelow = wish.append_newline && after.length > 0 && after[0] !== '\n' ? '\n' : '';
  return above + gapAbove + block.join('') + gapBelow + after.join('');
}

function insertionIndex(lines: readonly string[], wish: BlockWish, content: TextContent): number {
  const { insertafter, insertbefore } = wish;
  if (insertbefore === 'BOF') return 0;
  const pattern = insertafter ?? insertbefore;
  if (pattern === undefined || insertafter === 'EOF') return lines.length;
  const regex = compilePythonRegex(content.adopt(pattern));
  const index = regex.multiline ? spanningIndex(content.text, regex, insertafter !== undefined) : undefined;
  if (index !== undefined) return index;
  const found = lines.findLastIndex((line) => regex.test(line));
  if (found < 0) return lines.length;
  return insertafter === undefined ? found : found + 1;
}

/** With `(?m)` the expression may span lines: the place is counted in the whole text. */
function spanningIndex(text: string, regex: RegExp, after: boolean): number | undefined {
  const last = [...text.matchAll(new RegExp(regex.source, `${regex.flags}g`))].at(-1);
  if (last === undefined) return undefined;
  const at = after ? last.index + last[0].length : last.index;
  const count = linesOf(text.slice(0, at)).length;
  return after || text.slice(0, at).endsWith('\n') || at === 0 ? count : count - 1;
}

function endLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
