import { printable } from './printable.ts';

/** Markup of our own making. Made by `html` alone, so that text can't become markup on the way. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | undefined | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function isList(part: Part): part is readonly Part[] {
  return Array.isArray(part);
}

function markupOf(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return printable(part).replace(/[&<>"']/g, (char) => entities[char] ?? char);
  if (typeof part === 'number') return String(part);
  return isList(part) ? part.map(markupOf).join('') : part.markup;
}

/**
 * A template tag for HTML: text between the literals is escaped, for elements and quoted attributes alike, and its
 * control characters are shown as escapes; markup and lists of markup stand as they are; undefined is nothing.
 */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let markup = literals[0] ?? '';
  for (const [index, part] of parts.entries()) markup += markupOf(part) + (literals[index + 1] ?? '');
  return { markup };
}
