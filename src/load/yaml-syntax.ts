import type { YAMLError } from 'yaml';
import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { LineIndex } from './line-index.ts';
import type { Opening } from './yaml-tokens.ts';

/** An unquoted template at the start of a value, as the rest of a line. */
const templateStart = /(?:^\s*(?:-\s+)*|[:,[{]\s*|-\s+)(\{\{.*)$/;
const strangeSpace =
  /^([ \t]*)[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff]|[:-][\u00a0\u2000-\u200b\u3000]/;

/**
 * The parser's complaints in words that say what was found, what was expected and what to write. What only follows
 * from an earlier complaint is left out.
 */
export function syntaxDiagnostics(
  errors: readonly YAMLError[],
  lines: LineIndex,
  unclosed: readonly Opening[],
): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const seenLines = new Set<number>();
  for (const error of [...errors].sort((a, b) => a.pos[0] - b.pos[0])) {
    if (diagnostics.length > 0 && error.message.includes('in YAML stream')) continue;
    const diagnostic = explain(error, lines, unclosed);
    const line = diagnostic.at?.line ?? 0;
    if (seenLines.has(line) || seenLines.has(lines.lineAt(error.pos[0]))) continue;
    seenLines.add(line).add(lines.lineAt(error.pos[0]));
    diagnostics.push(diagnostic);
  }
  return withoutEffectsOfTabs(diagnostics);
}

/**
 * From the line above one that a tab indents on, the parser goes by the wrong indentation: what else it says there is
 * no news.
 */
function withoutEffectsOfTabs(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const lineOfTab = diagnostics.find((one) => one.code === 'RB106')?.at?.line ?? Number.POSITIVE_INFINITY;
  return diagnostics.filter((one) => one.code === 'RB106' || (one.at?.line ?? 0) < lineOfTab - 1);
}

function explain(error: YAMLError, lines: LineIndex, unclosed: readonly Opening[]): Diagnostic {
  const line = lines.lineAt(error.pos[0]);
  const cause = tabCause(error, lines) ?? unclosedCause(error, lines, unclosed) ?? lineCause(line, lines);
  if (cause) return cause;
  const text = lines.textOf(line);
  const start = Math.max(error.pos[0], lines.startOf(line) + (text.length - text.trimStart().length));
  const at = lines.place(start, start === error.pos[0] ? error.pos[1] : start + text.trimStart().length);
  const { message, hint } = wording(error, text, text.slice(0, at.column - 1).trimEnd());
  return errorDiagnostic('RB103', message, { at, hint });
}

/** A tab at the start of a line, also where it ends a list in brackets for the parser, or behind a dash. */
function tabCause(error: YAMLError, lines: LineIndex): Diagnostic | undefined {
  const { text } = lines.file;
  const behind = error.code === 'TAB_AS_INDENT' ? text.indexOf('\t', error.pos[0]) : -1;
  if (behind !== -1) return tabDiagnostic(lines, behind);
  if (!/must end with|end with a/.test(error.message)) return undefined;
  const start = lines.startOf(lines.lineAt(error.pos[0]));
  const tab = /^ *\t/.exec(text.slice(start, start + 1_000));
  return tab === null ? undefined : tabDiagnostic(lines, start + tab[0].length - 1);
}

function unclosedCause(error: YAMLError, lines: LineIndex, unclosed: readonly Opening[]) {
  if (!/must end with|end with a|Missing closing/.test(error.message)) return undefined;
  const opening = unclosed.findLast((one) => one.offset < error.pos[1]);
  if (opening === undefined) return undefined;
  const closing = opening.text === '[' ? ']' : opening.text === '{' ? '}' : opening.text;
  const at = lines.place(opening.offset);
  const name = closing === opening.text ? 'quote' : 'bracket';
  return errorDiagnostic('RB103', `the ${name} ${opening.text} is never closed`, {
    at,
    hint: `close it with ${closing} where the value ends`,
  });
}

/** Causes that the line itself shows, whatever the parser made of it. */
function lineCause(line: number, lines: LineIndex): Diagnostic | undefined {
  const text = lines.textOf(line);
  const start = lines.startOf(line);
  const tab = /^ *\t/.exec(text);
  if (tab) return tabDiagnostic(lines, start + tab[0].length - 1);
  const strange = strangeSpace.exec(text);
  if (strange) return strangeSpaceDiagnostic(lines, start + strange.index + strange[0].length - 1);
  const template = templateStart.exec(text);
  if (template?.[1] === undefined) return undefined;
  return templateDiagnostic(lines, start + text.length - template[1].length, template[1]);
}

/** RB106 for a tab at an offset. */
export function tabDiagnostic(lines: LineIndex, offset: number): Diagnostic {
  return errorDiagnostic('RB106', 'a tab indents this line, expected spaces', {
    at: lines.place(offset),
    hint: 'replace each tab by two spaces',
  });
}

/** RB103 for a space that is not U+0020 where only that one separates. */
export function strangeSpaceDiagnostic(lines: LineIndex, offset: number): Diagnostic {
  const code = (lines.file.text.codePointAt(offset) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const name = code === '00A0' ? 'a no-break space' : 'an invisible character';
  return errorDiagnostic('RB103', `found ${name} (U+${code}) where an ordinary space belongs`, {
    at: lines.place(offset),
    hint: 'delete it and type a space; it often comes with text copied from a web page',
  });
}

/** RB105 for a template that starts a value without quotes. */
export function templateDiagnostic(lines: LineIndex, offset: number, rest: string): Diagnostic {
  const value = rest.replace(/\s+#.*$/, '').trimEnd();
  const quoted = value.includes('"') ? `'${value.replaceAll("'", "''")}'` : `"${value}"`;
  return errorDiagnostic('RB105', 'a value that starts with {{ needs quotes, else YAML reads a mapping', {
    at: lines.place(offset, offset + value.length),
    hint: `write ${quoted}`,
  });
}

const tightDash = /^\s*-[^\s-]/;
const missingDashSpace: Wording = {
  message: 'found "-" without a space, expected "- " before a list item',
  hint: 'put a space after the "-"',
};

interface Wording {
  readonly message: string;
  readonly hint?: string | undefined;
}

function wording(error: YAMLError, text: string, before: string): Wording {
  switch (error.code) {
    case 'UNEXPECTED_TOKEN':
      return unexpectedToken(error, text, before);
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        message: 'found a second ": " in one line, expected one key and its value',
        hint: 'put the value in quotes, or its mapping on a line of its own',
      };
    case 'BAD_SCALAR_START': {
      const character = /character (\S)/.exec(error.message)?.[1] ?? '';
      return { message: `an unquoted value cannot start with ${character}`, hint: 'put the value in quotes' };
    }
    case 'BAD_INDENT':
      if (tightDash.test(text)) return missingDashSpace;
      return {
        message: 'the indentation of this line fits no line above it',
        hint: 'start it in the same column as the entries it belongs to',
      };
    case 'MULTILINE_IMPLICIT_KEY':
    case 'MISSING_CHAR':
      return missingColon(text);
    case 'MULTIPLE_DOCS':
      return {
        message: 'a second document starts here, expected one document in a file',
        hint: 'remove the --- or ... line, or move what follows into a file of its own',
      };
    case 'BAD_DQ_ESCAPE': {
      const sequence = error.message.replace('Invalid escape sequence ', '');
      return {
        message: `${sequence} is no escape sequence of double quotes`,
        hint: 'use single quotes, in which a backslash stands for itself, or double the backslash',
      };
    }
    case 'BAD_DIRECTIVE':
      return {
        message: lowerFirst(error.message),
        hint: 'a line that starts with % is a directive; indent or quote it',
      };
    default:
      return { message: lowerFirst(error.message) };
  }
}

function unexpectedToken(error: YAMLError, text: string, before: string): Wording {
  const quote = /["']$/.exec(before)?.[0];
  if (quote !== undefined) {
    const inside =
      quote === "'" ? ', or write a quote inside it twice' : ', or write a quote inside it as \\"';
    return {
      message: `the quote ${quote} ends the value, but text follows it`,
      hint: `put quotes around the whole value${inside}`,
    };
  }
  if (error.message.startsWith('Unexpected block-seq-ind')) {
    return {
      message: 'a list cannot start on the line of its key',
      hint: 'put each "- item" on a line of its own, or write [item, item]',
    };
  }
  if (tightDash.test(text)) return missingDashSpace;
  return {
    message: `found ${JSON.stringify(excerpt(text.slice(before.length)))}, which belongs to no value above it`,
    hint: 'check the indentation: this line must start in the column of the entries it belongs to',
  };
}

function missingColon(text: string): Wording {
  const tight = /^\s*(?:-\s+)?([\w.-]+):(?=\S)/.exec(text);
  if (tight)
    return {
      message: `no space after "${tight[1]}:", expected "key: value"`,
      hint: 'put a space after the colon',
    };
  return {
    message: `expected "key: value", found ${JSON.stringify(excerpt(text))}`,
    hint: 'a colon and a space are missing, or the line belongs to a text that needs quotes or "|"',
  };
}

function excerpt(text: string): string {
  const trimmed = text.trim();
  return trimmed.length > 40 ? `${trimmed.slice(0, 39)}…` : trimmed;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
