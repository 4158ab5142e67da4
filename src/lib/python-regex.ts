/** Flags of Python's `re`. */
export interface PythonRegexFlags {
  readonly ignoreCase?: boolean | undefined;
  readonly multiline?: boolean | undefined;
  readonly dotAll?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  /** Find all matches from `lastIndex` on. */
  readonly global?: boolean | undefined;
}

/** A pattern that Python's `re` has and JavaScript cannot express, or that neither accepts. */
export class PythonRegexError extends Error {
  override readonly name = 'PythonRegexError';
}

const startOfText = '(?<![\\s\\S])';
const endOfText = '(?![\\s\\S])';
/** Python's `$` without MULTILINE also matches before a newline at the end. */
const endOrLastNewline = '(?=\\n?(?![\\s\\S]))';

interface Reader {
  readonly text: string;
  at: number;
  readonly flags: { -readonly [Name in keyof PythonRegexFlags]-?: boolean };
}

/**
 * Compiles a pattern of Python's `re` (str patterns) to a JavaScript regular expression with the same meaning: named
 * groups `(?P<n>…)`, `\A \Z`, leading inline flags `(?ims)`, `(?x)` patterns, `{,n}`, comments, `$` before a last newline.
 * `\d \w \s` match ASCII only, as do most patterns' authors.
 *
 * @throws PythonRegexError when the pattern is malformed.
 */
export function compilePythonRegex(pattern: string, flags: PythonRegexFlags = {}): RegExp {
  const reader: Reader = {
    text: pattern,
    at: 0,
    flags: {
      ignoreCase: flags.ignoreCase ?? false,
      multiline: flags.multiline ?? false,
      dotAll: flags.dotAll ?? false,
      verbose: flags.verbose ?? false,
      global: flags.global ?? false,
    },
  };
  readLeadingFlags(reader);
  let source = '';
  while (reader.at < pattern.length) source += nextPiece(reader);
  const { ignoreCase, multiline, dotAll, global } = reader.flags;
  const jsFlags = `u${ignoreCase ? 'i' : ''}${multiline ? 'm' : ''}${dotAll ? 's' : ''}${global ? 'g' : ''}`;
  try {
    return new RegExp(source, jsFlags);
  } catch (error) {
    throw new PythonRegexError(
      `the regular expression ${JSON.stringify(pattern)} is not valid: ${String(error).replace(/^.*: /, '')}`,
    );
  }
}

function readLeadingFlags(reader: Reader): void {
  const match = /^\(\?([aiLmsux]+)\)/.exec(reader.text);
  if (match === null) return;
  reader.at = match[0].length;
  for (const letter of match[1] ?? '') {
    if (letter === 'i') reader.flags.ignoreCase = true;
    if (letter === 'm') reader.flags.multiline = true;
    if (letter === 's') reader.flags.dotAll = true;
    if (letter === 'x') reader.flags.verbose = true;
  }
}

function nextPiece(reader: Reader): string {
  const char = reader.text[reader.at] ?? '';
  switch (char) {
    case '\\':
      return readEscape(reader, false);
    case '[':
      return readClass(reader);
    case '(':
      return readGroup(reader);
    case '$':
      reader.at++;
      return reader.flags.multiline ? '$' : endOrLastNewline;
    case '{':
      return readBrace(reader);
    case '}':
    case ']':
      reader.at++;
      return `\\${char}`;
    default:
      return readPlain(reader, char);
  }
}

function readPlain(reader: Reader, char: string): string {
  reader.at++;
  if (!reader.flags.verbose) return char;
  if (/\s/.test(char)) return '';
  if (char !== '#') return char;
  const end = reader.text.indexOf('\n', reader.at);
  reader.at = end < 0 ? reader.text.length : end + 1;
  return '';
}

/** `{2}`, `{2,}`, `{,3}` repeat; any other brace stands for itself. */
function readBrace(reader: Reader): string {
  const match = /^\{(\d*)(,?)(\d*)\}/.exec(reader.text.slice(reader.at));
  const [whole = '', from = '', comma = '', to = ''] = match ?? [];
  if (match === null || (from === '' && to === '')) {
    reader.at++;
    return '\\{';
  }
  reader.at += whole.length;
  return `{${from === '' ? '0' : from}${comma}${to}}`;
}

function readGroup(reader: Reader): string {
  const rest = reader.text.slice(reader.at);
  const comment = /^\(\?#[^)]*\)/.exec(rest);
  if (comment !== null) {
    reader.at += comment[0].length;
    return '';
  }
  const backreference = /^\(\?P=([A-Za-z_]\w*)\)/.exec(rest);
  if (backreference !== null) {
    reader.at += backreference[0].length;
    return `\\k<${backreference[1]}>`;
  }
  const named = /^\(\?P<([A-Za-z_]\w*)>/.exec(rest);
  if (named !== null) {
    reader.at += named[0].length;
    return `(?<${named[1]}>`;
  }
  const special = /^\(\?(?:[:=!]|<[=!])/.exec(rest);
  if (special !== null) {
    reader.at += special[0].length;
    return special[0];
  }
  if (rest.startsWith('(?'))
    throw new PythonRegexError(
      `the group ${JSON.stringify(rest.slice(0, 4))} of the regular expression is not supported`,
    );
  reader.at++;
  return '(';
}

/** Escapes that mean the same in both languages. */
const sameEscapes = new Set(['d', 'D', 'w', 'W', 's', 'S', 'n', 'r', 't', 'f', 'v']);

function readEscape(reader: Reader, inClass: boolean): string {
  const rest = reader.text.slice(reader.at + 1);
  const char = rest[0];
  if (char === undefined) throw new PythonRegexError('the regular expression ends in a backslash');
  reader.at += 2;
  if (sameEscapes.has(char)) return `\\${char}`;
  const coded = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(0[0-7]{0,2}|[0-3][0-7]{2}))/.exec(
    rest,
  );
  if (coded !== null) {
    reader.at += coded[0].length - 1;
    const code =
      coded[4] === undefined
        ? Number.parseInt(coded[1] ?? coded[2] ?? coded[3] ?? '0', 16)
        : Number.parseInt(coded[4], 8);
    return `\\u{${code.toString(16)}}`;
  }
  if (char === 'a') return '\\u{7}';
  if (char === 'b') return inClass ? '\\u{8}' : '\\b';
  if (!inClass && (char === 'B' || /[1-9]/.test(char))) return `\\${char}`;
  if (!inClass && char === 'A') return startOfText;
  if (!inClass && char === 'Z') return endOfText;
  if (/[A-Za-z0-9]/.test(char))
    throw new PythonRegexError(`the escape "\\${char}" of the regular expression is not known`);
  return escapeLiteral(char, inClass);
}

function escapeLiteral(char: string, inClass: boolean): string {
  return /[\^$\\.*+?()[\]{}|/]/.test(char) || (inClass && char === '-') ? `\\${char}` : char;
}

function readClass(reader: Reader): string {
  const negated = reader.text[reader.at + 1] === '^';
  const open = reader.at;
  reader.at += negated ? 2 : 1;
  let source = negated ? '[^' : '[';
  for (let first = true; ; first = false) {
    const char = reader.text[reader.at];
    if (char === undefined)
      throw new PythonRegexError(`the "[" at ${open + 1} of the regular expression has no "]"`);
    if (char === ']' && !first) break;
    if (char === '\\') source += readEscape(reader, true);
    else {
      source += char === '-' && !isRange(reader) ? '\\-' : char === '-' ? '-' : escapeLiteral(char, true);
      reader.at++;
    }
  }
  reader.at++;
  return `${source}]`;
}

/** Whether the `-` at the reader's place stands between two single characters. */
function isRange(reader: Reader): boolean {
  const before = reader.text.slice(0, reader.at);
  const after = reader.text.slice(reader.at + 1);
  return !/(?:\\[dDwWsS]|(?:^|[^\\])\[\^?)$/.test(before) && after[0] !== ']' && !/^\\[dDwWsS]/.test(after);
}

type Match = RegExpExecArray | readonly (string | undefined)[];

const replacementEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  f: '\f',
  v: '\v',
  a: '\u0007',
  b: '\b',
  '0': '\0',
  '\\': '\\',
};

/**
 * Makes the text that a Python replacement gives for a match: `\1`, `\g<1>`, `\g<name>`, `\n`, `\\`. A group that took
 * no part gives nothing; an escape that Python does not know stays as it is.
 *
 * @throws PythonRegexError when a group does not exist.
 */
export function expandPythonReplacement(replacement: string, match: Match): string {
  return replacement.replace(
    /\\(?:g<([^>]+)>|([1-9]\d?)|([\s\S]))/g,
    (whole, name?: string, digits?: string, char?: string) =>
      char === undefined ? groupText(name ?? digits ?? '', match) : (replacementEscapes[char] ?? whole),
  );
}

function groupText(reference: string, match: Match): string {
  const named = 'groups' in match ? match.groups : undefined;
  const isNumber = /^\d+$/.test(reference);
  const exists = isNumber ? Number(reference) < match.length : named !== undefined && reference in named;
  if (!exists) {
    throw new PythonRegexError(
      `the replacement names the group "${reference}", which the regular expression does not have`,
    );
  }
  return (isNumber ? match[Number(reference)] : named?.[reference]) ?? '';
}
