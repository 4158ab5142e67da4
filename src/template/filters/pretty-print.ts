import { type Datum, type Run, Tuple, tuple } from '../datum.ts';
import { compareText } from '../python/compare.ts';
import { type Dict, dictEntries, isDict } from '../python/dict.ts';
import { represent } from '../python/text.ts';

const width = 80;
const maxDepth = 100;

/** A value as Python's `pformat` lays it out: keys sorted, and broken into lines where it is wider than 80 characters. */
export function prettyPrint(run: Run, value: Datum): string {
  return layOut(run, sorted(value, 0), 0, 0);
}

/** The value with the keys of every mapping in order, mixed kinds of key by their text. */
function sorted(value: Datum, depth: number): Datum {
  if (depth > maxDepth) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => sorted(item, depth + 1));
    return value instanceof Tuple ? tuple(items) : items;
  }
  if (!isDict(value)) return value;
  const entries = dictEntries(value).map(([key, item]) => [key, sorted(item, depth + 1)] as const);
  return new Map(entries.toSorted(([a], [b]) => orderOf(a, b)));
}

function orderOf(a: Datum, b: Datum): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : compareText(String(a), String(b));
}

function layOut(run: Run, value: Datum, indent: number, behind: number): string {
  const flat = represent(run, value);
  if (flat.length <= width - indent - behind) return flat;
  if (typeof value === 'string') return layOutText(run, value, indent, behind);
  if (Array.isArray(value)) return layOutList(run, value, indent + 1, behind + 1);
  return isDict(value) ? layOutDict(run, value, indent + 1, behind + 1) : flat;
}

/** A long text as several, broken behind whitespace. Inside a list or mapping no parentheses are needed around them. */
function layOutText(run: Run, text: string, indent: number, behind: number): string {
  const inside = indent > 0;
  const from = inside ? indent : 1;
  const allowed = inside ? behind : 1;
  const parts: string[] = [];
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  for (const [i, line] of lines.entries()) {
    const isLast = i === lines.length - 1;
    const room = (end: boolean) => width - from - (end ? allowed : 0);
    if (represent(run, line).length <= room(isLast)) {
      parts.push(represent(run, line));
      continue;
    }
    let current = '';
    const words = line.match(/\S*\s*/g)?.filter((word) => word !== '') ?? [];
    for (const [j, word] of words.entries()) {
      const joined = current + word;
      if (represent(run, joined).length > room(isLast && j === words.length - 1) && current !== '') {
        parts.push(represent(run, current));
        current = word;
      } else current = joined;
    }
    if (current !== '') parts.push(represent(run, current));
  }
  if (parts.length === 1) return parts[0] ?? '';
  const body = parts.join(`\n${' '.repeat(from)}`);
  return inside ? body : `(${body})`;
}

function layOutList(run: Run, list: readonly Datum[], indent: number, behind: number): string {
  const parts = list.map((item, i) => layOut(run, item, indent, i === list.length - 1 ? behind : 1));
  const body = parts.join(`,\n${' '.repeat(indent)}`);
  if (!(list instanceof Tuple)) return `[${body}]`;
  return list.length === 1 ? `(${body},)` : `(${body})`;
}

function layOutDict(run: Run, dict: Dict, indent: number, behind: number): string {
  const entries = dictEntries(dict);
  const parts = entries.map(([key, item], i) => {
    const name = `${represent(run, key)}: `;
    return name + layOut(run, item, indent + name.length, i === entries.length - 1 ? behind : 1);
  });
  return `{${parts.join(`,\n${' '.repeat(indent)}`)}}`;
}
