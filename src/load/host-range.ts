/** Names that one entry stands for, or why it stands for none. */
export type RangeReading =
  | { readonly names: readonly string[]; readonly problem?: undefined }
  | { readonly names?: undefined; readonly problem: string };

/** A name with a range: `web[01:03].example.com`, `db[a:c]`, `n[0:10:2]`. */
const rangePattern = /^(.*?)\[([^[\]]*:[^[\]]*)\](.*)$/s;
const numeric = /^(\d*):(\d+)(?::(\d+))?$/;
const alphabetic = /^([A-Za-z]):([A-Za-z])(?::(\d+))?$/;
/** How many hosts one entry may stand for. */
const maxNames = 100_000;

/** Whether a name holds a range. An IPv6 address in brackets is none. */
export function hasRange(text: string): boolean {
  const inside = rangePattern.exec(text)?.[2];
  return (
    inside !== undefined &&
    (numeric.test(inside) || alphabetic.test(inside) || !/^[0-9a-fA-F:.%]+$/.test(inside))
  );
}

/**
 * Writes out the ranges of a name, ends included. Numbers keep the zeros in front (`[01:10]`), letters may go `[a:f]`,
 * a third number is the step. Several ranges give every combination, the last one counting fastest.
 */
export function expandRange(text: string): RangeReading {
  if (!hasRange(text)) return { names: [text] };
  const [, head = '', inside = '', tail = ''] = rangePattern.exec(text) ?? [];
  const steps = stepsOf(inside);
  if (typeof steps === 'string') return { problem: steps };
  const rest = expandRange(tail);
  if (rest.names === undefined) return rest;
  if (steps.length * rest.names.length > maxNames)
    return { problem: `[${inside}] makes more than ${maxNames} hosts` };
  const names = steps.flatMap((step) => rest.names.map((end) => `${head}${step}${end}`));
  return { names };
}

function stepsOf(inside: string): string[] | string {
  const numbers = numeric.exec(inside);
  if (numbers) return numberSteps(numbers, inside);
  const letters = alphabetic.exec(inside);
  if (letters === null) {
    return `[${inside}] is no range, expected [first:last] or [first:last:step] of numbers or single letters`;
  }
  const [, first = '', last = '', by] = letters;
  if ((first === first.toLowerCase()) !== (last === last.toLowerCase())) {
    return `[${inside}] mixes small and capital letters`;
  }
  return count(first.charCodeAt(0), last.charCodeAt(0), Number(by ?? 1), inside, (code) =>
    String.fromCharCode(code),
  );
}

function numberSteps(match: RegExpExecArray, inside: string): string[] | string {
  const [, first = '', last = '', by] = match;
  const begin = first === '' ? '0' : first;
  const padded = begin.length > 1 && begin.startsWith('0');
  if (padded && begin.length !== last.length) {
    return `[${inside}] has ends of different length: with zeros in front, both need the same number of digits`;
  }
  const width = padded ? begin.length : 0;
  return count(Number(begin), Number(last), Number(by ?? 1), inside, (n) => String(n).padStart(width, '0'));
}

function count(first: number, last: number, by: number, inside: string, show: (n: number) => string) {
  if (by < 1) return `[${inside}] has a step of 0, expected 1 or more`;
  if (first > last) return `[${inside}] ends before it begins`;
  if ((last - first) / by >= maxNames) return `[${inside}] makes more than ${maxNames} hosts`;
  const steps: string[] = [];
  for (let n = first; n <= last; n += by) steps.push(show(n));
  return steps;
}
