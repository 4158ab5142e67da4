/** How template text is told from plain text, and which whitespace around tags is dropped. */
export interface TemplateSyntax {
  readonly blockStart: string;
  readonly blockEnd: string;
  readonly variableStart: string;
  readonly variableEnd: string;
  readonly commentStart: string;
  readonly commentEnd: string;
  /** Drop the first newline after a block tag. */
  readonly trimBlocks: boolean;
  /** Drop spaces and tabs from the start of a line to a block tag. */
  readonly lstripBlocks: boolean;
  /** What is rendered ends in at least as many newlines as the text. Templates that others load never keep the last. */
  readonly keepTrailingNewline: boolean;
  /** In `{{ }}`, backslashes in texts stand for themselves, as in the texts of plays. Default: Python's escapes. */
  readonly literalBackslashes?: boolean;
  /** What newlines in the text are written as. */
  readonly newline: '\n' | '\r\n' | '\r';
}

/** Jinja2's delimiters with the whitespace rules that playbooks expect. */
export const defaultSyntax: TemplateSyntax = Object.freeze({
  blockStart: '{%',
  blockEnd: '%}',
  variableStart: '{{',
  variableEnd: '}}',
  commentStart: '{#',
  commentEnd: '#}',
  trimBlocks: true,
  lstripBlocks: false,
  keepTrailingNewline: true,
  newline: '\n',
});

/** The syntax of texts in plays: as `defaultSyntax`, with backslashes that stand for themselves in `{{ }}`. */
export const playSyntax: TemplateSyntax = Object.freeze({ ...defaultSyntax, literalBackslashes: true });

/** Whether a text can hold template tags in the default syntax; a text without is its own rendering. */
export function hasTemplateTags(text: string): boolean {
  const at = text.indexOf('{');
  if (at === -1) return false;
  return text.includes('{{', at) || text.includes('{%', at) || text.includes('{#', at);
}
