/** A regular expression as JavaScript takes it. */
export interface TranslatedPattern {
  readonly source: string;
  /** `i` where the pattern or the caller asks for it; other flags are worked into the source. */
  readonly ignoreCase: boolean;
}

/** What the flags of a Python pattern change. */
export interface PatternFlags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

const inlineFlags = /^\(\?([aiLmsux]+)\)/;
const word = '[\\p{L}\\p{N}_]';
const notWord = '[^\\p{L}\\p{N}_]';
const atEnd = '(?![\\s\\S])';
const atStart = '(?<![\\s\\S])';

/** A Python regular expression in JavaScript's syntax, flags within it included. */
export function translatePattern(pattern: string, given: PatternFlags): TranslatedPattern {
  let rest = pattern;
  let letters = '';
  for (let match = inlineFlags.exec(rest); match !== null; match = inlineFlags.exec(rest)) {
    letters += match[1] ?? '';
    rest = rest.slice(match[0].length);
  }
  const flags: PatternFlags = {
    ignoreCase: given.ignoreCase || letters.includes('i'),
    multiline: given.multiline || letters.includes('m'),
    dotAll: given.dotAll || letters.includes('s'),
  };
  const source = translateBody(letters.includes('x') ? stripVerbose(rest) : rest, flags);
  return { source, ignoreCase: flags.ignoreCase };
}

function stripVerbose(pattern: string): string {
  return pattern.replace(/\\[\s\S]|\[(?:\\[\s\S]|[^\]])*\]|\s+|#[^\n]*/g, (part) =>
    /^[\s#]/.test(part) ? '' : part,
  );
}

const parts = new RegExp(
  [
    '\\\\[\\s\\S]',
    '\\[\\^?\\]?(?:\\\\[\\s\\S]|[^\\]\\\\])*\\]',
    '\\(\\?P<(?<name>\\w+)>',
    '\\(\\?P=(?<reference>\\w+)\\)',
    '\\(\\?#[^)]*\\)',
    '(?<count>\\{(?:\\d+(?:,\\d*)?|,\\d+)\\})',
    '[\\s\\S]',
  ].join('|'),
  'g',
);

function translateBody(pattern: string, flags: PatternFlags): string {
  let result = '';
  for (const match of pattern.matchAll(parts)) {
    const [part] = match;
    const { name, reference, count } = match.groups ?? {};
    if (name !== undefined) result += `(?<${name}>`;
    else if (reference !== undefined) result += `\\k<${reference}>`;
    else if (count !== undefined) result += count.replace('{,', '{0,');
    else result += translatePart(part, flags);
  }
  return result;
}

function translatePart(part: string, flags: PatternFlags): string {
  if (part.startsWith('(?#')) return '';
  if (part.startsWith('\\')) return translateEscape(part.charAt(1));
  if (part.startsWith('[') && part.length > 1) return translateSet(part);
  switch (part) {
    case '{':
    case '}':
    case ']':
      return `\\${part}`;
    case '.':
      return flags.dotAll ? '[\\s\\S]' : '[^\\n]';
    case '^':
      return flags.multiline ? '(?<![^\\n])' : atStart;
    case '$':
      return flags.multiline ? '(?![^\\n])' : `(?=\\n?${atEnd})`;
    default:
      return part;
  }
}

const escapes: Readonly<Record<string, string>> = {
  A: atStart,
  Z: atEnd,
  a: '\\x07',
  w: word,
  W: notWord,
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  b: `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`,
  B: `(?:(?<=${word})(?=${word})|(?<!${word})(?!${word}))`,
};

function translateEscape(letter: string): string {
  return Object.hasOwn(escapes, letter) ? (escapes[letter] ?? '') : plainEscape(letter, false);
}

/** JavaScript lets only characters with a meaning be escaped. */
function plainEscape(letter: string, inSet: boolean): string {
  const meaning = /[\^$\\.*+?()[\]{}|/A-Za-z0-9]/.test(letter) || (inSet && letter === '-');
  return meaning ? `\\${letter}` : letter;
}

const setEscapes: Readonly<Record<string, string>> = {
  w: '\\p{L}\\p{N}_',
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  a: '\\x07',
};

function translateSet(set: string): string {
  const negated = set.startsWith('[^');
  const body = set.slice(negated ? 2 : 1, -1);
  const inner = body.replace(/\\([\s\S])|[[\]{}()|/^]/g, (part, letter) => {
    if (letter === undefined) return `\\${part}`;
    return Object.hasOwn(setEscapes, letter) ? (setEscapes[letter] ?? '') : plainEscape(letter, true);
  });
  return `[${negated ? '^' : ''}${inner}]`;
}
