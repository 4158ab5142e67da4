import type { Run } from '../datum.ts';

const inlineFlags = /^\(\?([aiLmsux]+)\)/;
const flagNames: Readonly<Record<string, string>> = { i: 'i', m: 'm', s: 's', u: '', a: '', L: '' };

/** A group name of Python's as JavaScript takes it. */
interface Translated {
  readonly source: string;
  readonly flags: string;
}

/**
 * A Python regular expression as a JavaScript one.
 *
 * @param flags JavaScript's flags to add: `i`, `m`, `s`, `g`, `y`.
 * @throws TemplateError when it is no regular expression.
 */
export function toJsRegExp(run: Run, pattern: string, flags: string): RegExp {
  const key = `${flags}/${pattern}`;
  const known = cache.get(key);
  if (known !== undefined) {
    known.lastIndex = 0;
    return known;
  }
  const { source, flags: inline } = translate(pattern);
  const all = [...new Set(`${flags}${inline}`)].join('');
  const made = compile(source, `${all}u`) ?? compile(source, all);
  if (made === undefined) throw run.fail(`"${pattern}" is no regular expression`);
  if (cache.size >= 1_000) cache.clear();
  cache.set(key, made);
  return made;
}

const cache = new Map<string, RegExp>();

function compile(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

function translate(pattern: string): Translated {
  let rest = pattern;
  let flags = '';
  let verbose = false;
  for (let match = inlineFlags.exec(rest); match !== null; match = inlineFlags.exec(rest)) {
    const letters = match[1] ?? '';
    verbose ||= letters.includes('x');
    flags += [...letters].map((letter) => flagNames[letter] ?? '').join('');
    rest = rest.slice(match[0].length);
  }
  return { source: translateBody(verbose ? stripVerbose(rest) : rest), flags };
}

function stripVerbose(pattern: string): string {
  return pattern.replace(/\\[\s\S]|\[(?:\\[\s\S]|[^\]])*\]|\s+|#[^\n]*/g, (part) =>
    /^[\s#]/.test(part) ? '' : part,
  );
}

const parts =
  /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\w+:\]|[^\]\\])*\]|\(\?P<(\w+)>|\(\?P=(\w+)\)|\(\?#[^)]*\)|[*+?}]\+|[{}]|[\s\S]/g;

function translateBody(pattern: string): string {
  return pattern.replace(parts, (part, name, reference, offset: number) => {
    if (name !== undefined) return `(?<${name}>`;
    if (reference !== undefined) return `\\k<${reference}>`;
    if (part.startsWith('(?#')) return '';
    if (part.startsWith('\\')) return translateEscape(part.charAt(1));
    if (part.startsWith('[') && part.length > 1) return translateSet(part);
    if (part === '{')
      return /^\{\d*,?\d*\}/.test(pattern.slice(offset)) && !/^\{,?\}/.test(pattern.slice(offset))
        ? quantifier(pattern, offset)
        : '\\{';
    if (part === '}') return /\{\d*,?\d*$/.test(pattern.slice(0, offset)) ? '}' : '\\}';
    if (part === ']') return '\\]';
    return part;
  });
}

/** `{,3}` counts from zero in Python. */
function quantifier(pattern: string, offset: number): string {
  return pattern[offset + 1] === ',' ? '{0' : '{';
}

const word = '[\\p{L}\\p{N}_]';

function translateEscape(letter: string): string {
  switch (letter) {
    case 'A':
      return '(?<![\\s\\S])';
    case 'Z':
      return '(?![\\s\\S])';
    case 'a':
      return '\\x07';
    case 'w':
      return word;
    case 'W':
      return '[^\\p{L}\\p{N}_]';
    case 'd':
      return '\\p{Nd}';
    case 'D':
      return '\\P{Nd}';
    case 'b':
      return `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`;
    case 'B':
      return `(?:(?<=${word})(?=${word})|(?<!${word})(?!${word}))`;
    default:
      return escapeFor(letter, false);
  }
}

/** In `u` mode only characters with a meaning may be escaped. */
function escapeFor(letter: string, inSet: boolean): string {
  if (/[\^$\\.*+?()[\]{}|/]/.test(letter) || (inSet && letter === '-')) return `\\${letter}`;
  if (/[A-Za-z0-9]/.test(letter)) return `\\${letter}`;
  return letter;
}

function translateSet(set: string): string {
  const negated = set.startsWith('[^');
  const body = set.slice(negated ? 2 : 1, -1);
  const inner = body.replace(/\\([\s\S])|\[|\]|[{}()|/]/g, (part, letter) => {
    if (letter === undefined) return `\\${part}`;
    if (letter === 'w') return '\\p{L}\\p{N}_';
    if (letter === 'd') return '\\p{Nd}';
    if (letter === 'D') return '\\P{Nd}';
    if (letter === 'a') return '\\x07';
    return escapeFor(letter, true);
  });
  return `[${negated ? '^' : ''}${inner}]`;
}

/** The text that a replacement makes of a match: `\1`, `\g<1>` and `\g<name>` are the groups. */
export function expandReplacement(run: Run, replacement: string, match: RegExpMatchArray): string {
  return replacement.replace(
    /\\(?:g<(\w+)>|(0[0-7]{0,2})|(\d{1,2})|([\s\S]))/g,
    (whole, name, octal, digits, letter) => {
      const group = name ?? digits;
      if (group !== undefined) return groupOf(run, match, group);
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      const escapes: Readonly<Record<string, string>> = {
        n: '\n',
        t: '\t',
        r: '\r',
        f: '\f',
        v: '\v',
        a: '\x07',
        b: '\b',
        '\\': '\\',
      };
      const known = escapes[letter];
      if (known === undefined && /[A-Za-z]/.test(letter))
        throw run.fail(`"\\${letter}" is no escape of a replacement`);
      return known ?? whole;
    },
  );
}

/** The text of a group, by number or name; empty where it took no part. */
export function groupOf(run: Run, match: RegExpMatchArray, group: string): string {
  if (/^\d+$/.test(group)) {
    const index = Number(group);
    if (index >= match.length) throw run.fail(`the regular expression has no group ${index}`);
    return match[index] ?? '';
  }
  const groups = match.groups ?? {};
  if (!Object.hasOwn(groups, group)) throw run.fail(`the regular expression has no group "${group}"`);
  return groups[group] ?? '';
}
