/** A word of free-form text, and where it stands in the text. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const pairs: Readonly<Record<string, string>> = { '{{': '}}', '{%': '%}', '{#': '#}' };

/**
 * Splits text at white space as Ansible does for `module: key=value ...`: what stands in quotes or in the braces of a
 * template is kept whole, and quotes stay in the words.
 *
 * @returns the words, or what is left open at the end of the text.
 */
export function splitWords(text: string): readonly Word[] | { readonly open: string } {
  const words: Word[] = [];
  const closers: string[] = [];
  let start = -1;
  for (let at = 0; at < text.length; at++) {
    const closer = closers.at(-1);
    const step = closer === undefined ? openAt(text, at) : closeAt(text, at, closer);
    if (step.opens !== undefined) closers.push(step.opens);
    if (step.closes) closers.pop();
    const isSpace = closer === undefined && /\s/.test(text[at] ?? '');
    if (isSpace && start >= 0) {
      words.push({ text: text.slice(start, at), start, end: at });
      start = -1;
    }
    if (!isSpace && start < 0) start = at;
    at += step.skip;
  }
  const open = closers.at(-1);
  if (open !== undefined) return { open };
  if (start >= 0) words.push({ text: text.slice(start), start, end: text.length });
  return words;
}

interface Step {
  readonly opens?: string;
  readonly closes?: boolean;
  /** Characters beyond the first that belong to what was found. */
  readonly skip: number;
}

function openAt(text: string, at: number): Step {
  const pair = text.slice(at, at + 2);
  const brace = pairs[pair];
  if (brace !== undefined) return { opens: brace, skip: 1 };
  const char = text[at];
  if (char === '\\') return { skip: 1 };
  return char === '"' || char === "'" ? { opens: char, skip: 0 } : { skip: 0 };
}

function closeAt(text: string, at: number, closer: string): Step {
  if (closer.length === 2) {
    if (text.startsWith(closer, at)) return { closes: true, skip: 1 };
    return { skip: 0 };
  }
  if (text[at] === '\\') return { skip: 1 };
  const brace = pairs[text.slice(at, at + 2)];
  if (brace !== undefined && text.includes(brace, at)) return { opens: brace, skip: 1 };
  return text[at] === closer ? { closes: true, skip: 0 } : { skip: 0 };
}
