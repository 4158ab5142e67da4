/** How lines are broken. */
export interface WrapOptions {
  readonly width: number;
  readonly breakLongWords: boolean;
  readonly breakOnHyphens: boolean;
}

/** Breaks one line of text into lines of at most `width` characters, as Python's `textwrap` does. */
export function wrapText(text: string, options: WrapOptions): string[] {
  const chunks = chunksOf(text, options.breakOnHyphens).toReversed();
  const lines: string[] = [];
  while (chunks.length > 0) {
    if (lines.length > 0 && chunks.at(-1)?.trim() === '') chunks.pop();
    const line = takeLine(chunks, options);
    if (line.at(-1)?.trim() === '') line.pop();
    if (line.length > 0) lines.push(line.join(''));
  }
  return lines;
}

/** Takes the chunks of one line off the end of the reversed list. */
function takeLine(chunks: string[], options: WrapOptions): string[] {
  const line: string[] = [];
  let length = 0;
  for (
    let next = chunks.at(-1);
    next !== undefined && length + next.length <= options.width;
    next = chunks.at(-1)
  ) {
    line.push(next);
    length += next.length;
    chunks.pop();
  }
  const long = chunks.at(-1);
  if (long === undefined || long.length <= options.width) return line;
  const room = options.width - length;
  if (options.breakLongWords && room > 0) {
    const end = options.breakOnHyphens ? hyphenWithin(long, room) : room;
    chunks[chunks.length - 1] = long.slice(end);
    line.push(long.slice(0, end));
  } else if (line.length === 0) {
    chunks.pop();
    line.push(long);
  }
  return line;
}

/** Where a word too long is broken: behind its last hyphen in the room, if not only hyphens stand before that. */
function hyphenWithin(word: string, room: number): number {
  const hyphen = word.slice(0, room).lastIndexOf('-');
  return hyphen > 0 && /[^-]/.test(word.slice(0, hyphen)) ? hyphen + 1 : room;
}

function chunksOf(text: string, hyphens: boolean): string[] {
  const words = text.match(/\s+|\S+/g) ?? [];
  if (!hyphens) return words;
  return words.flatMap((word) => (word.includes('-') ? splitHyphens(word) : [word]));
}

/**
 * Breaks a word behind hyphens between letters, two of them on either side or one with a hyphen of its own, and around
 * dashes of several hyphens.
 */
function splitHyphens(word: string): string[] {
  return word.split(
    /(?<=\p{L}{2}-|\p{L}-[\w!"'&.,?]-)(?=\p{L}-?\p{L})|(?<=[\w!"'&.,?])(?=-{2,}\w)|(?<=[\w!"'&.,?]-{2,})(?=\w)/u,
  );
}
