import { compilePythonRegex, expandPythonReplacement } from '../../lib/python-regex.ts';
import type { Edited } from './edit-file.ts';
import { linesOf, type TextContent, withoutLineEnd } from './text-content.ts';

/** What `lineinfile` is asked for. */
export interface LineWish {
  readonly line?: string | undefined;
  readonly regexp?: string | undefined;
  readonly search_string?: string | undefined;
  readonly backrefs: boolean;
  readonly firstmatch: boolean;
  readonly insertafter?: string | undefined;
  readonly insertbefore?: string | undefined;
}

interface Found {
  readonly index: number;
  readonly match?: RegExpExecArray | undefined;
}

/**
 * Puts a line into a text: in the place of the line that was looked for, else nowhere when the line is there already,
 * else where `insertafter` or `insertbefore` say, else at the end.
 */
export function placeLine(content: TextContent, wish: LineWish, path: string): Edited {
  const lines = linesOf(content.text);
  const line = content.adopt(wish.line ?? '');
  const same = (reason: string): Edited => ({ text: content.text, msg: '', reason });
  const found = findLine(lines, wish, content);
  if (found !== undefined) {
    const wanted = withLineEnd(
      wish.backrefs && found.match ? expandPythonReplacement(line, found.match) : line,
    );
    if (lines[found.index] === wanted) return same(`the line is in ${path}`);
    return { text: lines.with(found.index, wanted).join(''), msg: 'line replaced', reason: '' };
  }
  const present = lines.findLastIndex((other) => withoutLineEnd(other) === line);
  if (present >= 0) {
    if (wish.backrefs || lines[present] === withLineEnd(line)) return same(`the line is in ${path}`);
    return { text: lines.with(present, withLineEnd(line)).join(''), msg: 'line replaced', reason: '' };
  }
  if (wish.backrefs) return same(`no line of ${path} matches, and backrefs adds none`);
  const index = insertionIndex(lines, wish, content);
  const before = lines.slice(0, index).join('');
  const text = endedText(before) + withLineEnd(line) + lines.slice(index).join('');
  return { text, msg: 'line added', reason: '' };
}

/** Removes every line that matches. */
export function removeLines(content: TextContent, wish: LineWish, path: string): Edited {
  const lines = linesOf(content.text);
  const isMatch = lineTest(wish, content);
  const kept = lines.filter((line) => isMatch(line) === undefined);
  const count = lines.length - kept.length;
  return {
    text: kept.join(''),
    msg: count === 0 ? '' : `${count} line(s) removed`,
    reason: `no line of ${path} matches`,
    fields: { found: count },
  };
}

function findLine(lines: readonly string[], wish: LineWish, content: TextContent): Found | undefined {
  if (wish.regexp === undefined && wish.search_string === undefined) return undefined;
  const test = lineTest(wish, content);
  const all = lines.flatMap((line, index) => {
    const found = test(line);
    return found === undefined ? [] : [{ index, match: found === true ? undefined : found }];
  });
  return wish.firstmatch ? all[0] : all.at(-1);
}

function lineTest(
  wish: LineWish,
  content: TextContent,
): (line: string) => RegExpExecArray | true | undefined {
  if (wish.regexp !== undefined) {
    const regex = compilePythonRegex(content.adopt(wish.regexp));
    return (line) => regex.exec(line) ?? undefined;
  }
  const sought = content.adopt(wish.search_string ?? wish.line ?? '');
  if (wish.search_string !== undefined) return (line) => (line.includes(sought) ? true : undefined);
  return (line) => (withoutLineEnd(line) === sought ? true : undefined);
}

function insertionIndex(lines: readonly string[], wish: LineWish, content: TextContent): number {
  const { insertafter, insertbefore } = wish;
  if (insertafter === 'BOF' || insertbefore === 'BOF') return 0;
  const pattern = insertafter ?? insertbefore;
  if (pattern === undefined || insertafter === 'EOF') return lines.length;
  const regex = compilePythonRegex(content.adopt(pattern));
  const index = wish.firstmatch
    ? lines.findIndex((line) => regex.test(line))
    : lines.findLastIndex((line) => regex.test(line));
  if (index < 0) return lines.length;
  return insertafter === undefined ? index : index + 1;
}

function withLineEnd(line: string): string {
  return line.endsWith('\n') ? line : `${line}\n`;
}

function endedText(text: string): string {
  return text === '' || /[\r\n]$/.test(text) ? text : `${text}\n`;
}
