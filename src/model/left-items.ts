import type { Plan } from './plan.ts';
import type { Value } from './value.ts';

const mostShown = 5;

/** What is told of queues that still hold items when a run ends: a line for each, its first items shown. */
export function leftItemNotices(
  leftItems: Readonly<Record<string, readonly Value[]>>,
  { declarations: { queues } }: Plan,
  mask: (value: Value) => Value,
): readonly string[] {
  const deadLetters = new Set(Object.values(queues).map((queue) => queue.deadLetter));
  return Object.entries(leftItems).map(([name, items]) => {
    const shown = items.slice(0, mostShown).map((item) => textOf(mask(item)));
    const more = items.length > mostShown ? `, and ${items.length - mostShown} more` : '';
    const what = deadLetters.has(name) ? 'dead letter' : 'item that nobody took';
    const noun = items.length === 1 ? what : what.replace(/^(dead letter|item)/, '$1s');
    return `queue "${name}" holds ${items.length} ${noun}: ${shown.join(', ')}${more}`;
  });
}

function textOf(item: Value): string {
  if (typeof item === 'string') return item;
  return JSON.stringify(item, (_key, part: unknown) => {
    if (part instanceof Map) return Object.fromEntries(part);
    return typeof part === 'bigint' ? part.toString() : part;
  });
}
