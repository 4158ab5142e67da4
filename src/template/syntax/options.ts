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
  /** Keep one newline at the end of the text. */
  readonly keepTrailingNewline: boolean;
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

/** Whether a text can hold template tags in the default syntax; a text without is its own rendering. */
export function hasTemplateTags(text: string): boolean {
  const at = text.indexOf('{');
  if (at === -1) return false;
  return text.includes('{{', at) || text.includes('{%', at) || text.includes('{#', at);
}
