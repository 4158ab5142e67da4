/** The kinds of token that a template's text is read into. */
export type TokenType =
  | 'data'
  | 'variable_begin'
  | 'variable_end'
  | 'block_begin'
  | 'block_end'
  | 'name'
  | 'string'
  | 'integer'
  | 'float'
  | 'operator'
  | 'eof';

/** One token. `value` is the text of a name, number, operator or stretch of plain text, or a string's content. */
export interface Token {
  readonly type: TokenType;
  readonly value: string;
  /** Characters from the start of the template's text. */
  readonly offset: number;
}

/** What a token is called in messages. */
export function describeToken(token: Token): string {
  switch (token.type) {
    case 'eof':
      return 'the end of the template';
    case 'variable_end':
      return 'the end of the expression';
    case 'block_end':
      return 'the end of the tag';
    case 'data':
    case 'variable_begin':
    case 'block_begin':
      return 'text';
    case 'string':
      return 'a string';
    default:
      return `"${token.value}"`;
  }
}
