import { syntaxError, type TemplateError, type TemplateUnit } from '../errors.ts';
import type { Expression, Statement } from './ast.ts';
import { describeToken, type Token, type TokenType } from './token.ts';

/** How deeply expressions and statements may nest. */
const maxDepth = 150;

/** How a tuple is read. */
export interface TupleRules {
  /** In parentheses, where an empty tuple is allowed. */
  readonly explicit?: boolean;
  /** Only names and literals, as the targets of an assignment. */
  readonly simple?: boolean;
  /** Whether items may be inline `if`s. Default true. */
  readonly conditions?: boolean;
  /** Names that end the tuple. */
  readonly end?: readonly string[];
}

/** The rules of the grammar that refer to each other, given to every part of the parser. */
export interface Grammar {
  readonly expression: (stream: TokenStream, withCondition?: boolean) => Expression;
  readonly primary: (stream: TokenStream) => Expression;
  readonly tuple: (stream: TokenStream, rules?: TupleRules) => Expression;
  readonly statement: (stream: TokenStream) => Statement | readonly Statement[];
  readonly statementNames: readonly string[];
}

/** A place in a list of tokens, with the questions that a parser asks. */
export class TokenStream {
  readonly unit: TemplateUnit;
  readonly grammar: Grammar;
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  constructor(unit: TemplateUnit, tokens: readonly Token[], grammar: Grammar) {
    this.unit = unit;
    this.grammar = grammar;
    this.#tokens = tokens;
  }

  get current(): Token {
    return this.#tokens[this.#index] ?? { type: 'eof', value: '', offset: this.unit.text.length };
  }

  get following(): Token {
    return this.#tokens[this.#index + 1] ?? { type: 'eof', value: '', offset: this.unit.text.length };
  }

  /** The current token; the stream moves on. */
  next(): Token {
    const token = this.current;
    this.#index++;
    return token;
  }

  is(type: TokenType, value?: string): boolean {
    const token = this.current;
    return token.type === type && (value === undefined || token.value === value);
  }

  isOperator(value: string): boolean {
    return this.is('operator', value);
  }

  isName(...values: string[]): boolean {
    return this.current.type === 'name' && values.includes(this.current.value);
  }

  /** Moves past the token if it is the one given. */
  skip(type: TokenType, value?: string): boolean {
    if (!this.is(type, value)) return false;
    this.#index++;
    return true;
  }

  /** @throws TemplateError when another token stands here. */
  expect(type: TokenType, value?: string): Token {
    if (!this.is(type, value))
      throw this.unexpected(value === undefined ? type.replace('_', ' ') : `"${value}"`);
    return this.next();
  }

  unexpected(expected?: string): TemplateError {
    const found = describeToken(this.current);
    return this.error(
      expected === undefined ? `unexpected ${found}` : `expected ${expected}, found ${found}`,
    );
  }

  error(message: string, offset = this.current.offset): TemplateError {
    return syntaxError(this.unit, offset, message);
  }

  /** Reads an expression here. */
  expression(): Expression {
    return this.grammar.expression(this);
  }

  /** Runs `read` one level deeper, so that no text can exhaust the stack. */
  nested<Result>(read: (stream: TokenStream) => Result): Result {
    if (++this.#depth > maxDepth) throw this.error(`nested more than ${maxDepth} levels deep`);
    try {
      return read(this);
    } finally {
      this.#depth--;
    }
  }
}
