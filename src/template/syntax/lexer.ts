import { syntaxError, type TemplateUnit } from '../errors.ts';
import { type LexerRules, lexerRules } from './lexer-rules.ts';
import type { TemplateSyntax } from './options.ts';
import { unescapeString } from './string-literal.ts';
import type { Token, TokenType } from './token.ts';

const whitespace = /\s+/y;
const floatPattern = /(?<!\.)(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?[eE][+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/y;
const integerPattern = /0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\da-fA-F])+|[1-9](?:_?\d)*|0(?:_?0)*/y;
const namePattern = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*/uy;
const stringPattern = /'[^'\\]*(?:\\[\s\S][^'\\]*)*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y;
const operatorPattern = /\*\*|\/\/|==|!=|>=|<=|[-+/*%~[\](){}<>=.:|,;]/y;
const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

interface LexerState {
  readonly unit: TemplateUnit;
  readonly syntax: TemplateSyntax;
  readonly rules: LexerRules;
  readonly tokens: Token[];
  position: number;
  /** Whether what was read last ended a line, so that blanks up to a tag are the start of a line. */
  lineStarting: boolean;
}

/**
 * Reads template text into tokens, whitespace control applied. Line ends must be `\n` already.
 *
 * @throws TemplateError of kind `syntax`.
 */
export function tokenize(unit: TemplateUnit, syntax: TemplateSyntax): Token[] {
  const rules = lexerRules(syntax);
  const state: LexerState = { unit, syntax, rules, tokens: [], position: 0, lineStarting: true };
  while (state.position < unit.text.length) readRoot(state);
  push(state, 'eof', '', unit.text.length);
  return state.tokens;
}

/** Reads a bare expression, as in `when`, into tokens. */
export function tokenizeExpression(unit: TemplateUnit, syntax: TemplateSyntax): Token[] {
  const rules = lexerRules(syntax);
  const state: LexerState = { unit, syntax, rules, tokens: [], position: 0, lineStarting: true };
  readCode(state, undefined, 'variable_end', 0);
  push(state, 'eof', '', unit.text.length);
  return state.tokens;
}

function push(state: LexerState, type: TokenType, value: string, offset: number): void {
  state.tokens.push({ type, value, offset });
}

function matchAt(pattern: RegExp, text: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0];
}

function readRoot(state: LexerState): void {
  const { unit, syntax, rules } = state;
  const from = state.position;
  rules.start.lastIndex = from;
  const match = rules.start.exec(unit.text);
  if (match === null) {
    push(state, 'data', unit.text.slice(from), from);
    state.position = unit.text.length;
    return;
  }
  const tag = match[0];
  const signAt = match.index + tag.length;
  const sign = unit.text[signAt] === '-' || unit.text[signAt] === '+' ? unit.text[signAt] : '';
  const data = stripBefore(state, unit.text.slice(from, match.index), sign, tag === syntax.variableStart);
  if (data !== '') push(state, 'data', data, from);
  state.position = signAt + (sign === '' ? 0 : 1);
  state.lineStarting = false;
  readTag(state, tag, match.index, signAt);
}

function readTag(state: LexerState, tag: string, start: number, signAt: number): void {
  const { unit, syntax, rules } = state;
  if (tag === syntax.commentStart) {
    readComment(state, start);
    return;
  }
  if (tag === syntax.variableStart) {
    push(state, 'variable_begin', tag, start);
    readCode(state, rules.variableEnd, 'variable_end', start);
    return;
  }
  const raw = matchAt(rules.raw, unit.text, signAt);
  if (raw !== undefined) {
    readRaw(state, signAt + raw.length, start);
    return;
  }
  push(state, 'block_begin', tag, start);
  readCode(state, rules.blockEnd, 'block_end', start);
}

function stripBefore(state: LexerState, data: string, sign: string | undefined, isVariable: boolean): string {
  if (sign === '-') return data.trimEnd();
  if (sign === '+' || isVariable || !state.syntax.lstripBlocks) return data;
  const lineStart = data.lastIndexOf('\n') + 1;
  if (lineStart === 0 && !state.lineStarting) return data;
  return /^\s*$/.test(data.slice(lineStart)) ? data.slice(0, lineStart) : data;
}

function readComment(state: LexerState, start: number): void {
  const end = matchFrom(state.rules.commentEnd, state.unit.text, state.position);
  if (end === undefined) throw syntaxError(state.unit, start, 'the comment is never closed');
  state.position = end.to;
  state.lineStarting = state.unit.text[end.to - 1] === '\n';
}

function readRaw(state: LexerState, from: number, start: number): void {
  const { text } = state.unit;
  state.rules.rawEnd.lastIndex = from;
  const match = state.rules.rawEnd.exec(text);
  if (match === null) throw syntaxError(state.unit, start, '"raw" is never closed by "endraw"');
  const data = stripBefore(state, text.slice(from, match.index), match[1], false);
  if (data !== '') push(state, 'data', data, from);
  state.position = match.index + match[0].length;
  state.lineStarting = text[state.position - 1] === '\n';
}

function matchFrom(pattern: RegExp, text: string, from: number): { to: number } | undefined {
  pattern.lastIndex = from;
  const match = pattern.exec(text);
  return match === null ? undefined : { to: match.index + match[0].length };
}

/** Reads code up to `end`; without an `end` the text itself ends it. */
function readCode(state: LexerState, end: RegExp | undefined, endType: TokenType, start: number): void {
  const { text } = state.unit;
  const open: { readonly bracket: string; readonly offset: number }[] = [];
  const isLiteral = state.syntax.literalBackslashes === true && end === state.rules.variableEnd;
  while (state.position < text.length) {
    const found = end === undefined ? undefined : matchAt(end, text, state.position);
    const unclosed = open.at(-1);
    if (found !== undefined && unclosed === undefined) {
      push(state, endType, found, state.position);
      state.position += found.length;
      state.lineStarting = found.endsWith('\n');
      return;
    }
    // Braces may close a mapping; within other brackets the tag ends too early.
    if (found !== undefined && unclosed?.bracket !== '{') break;
    readCodeToken(state, open, isLiteral);
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined)
    throw syntaxError(state.unit, unclosed.offset, `"${unclosed.bracket}" is never closed`);
  if (end !== undefined) throw syntaxError(state.unit, start, 'the tag is never closed');
}

function readCodeToken(
  state: LexerState,
  open: { readonly bracket: string; readonly offset: number }[],
  isLiteral: boolean,
): void {
  const { text } = state.unit;
  const at = state.position;
  const blank = matchAt(whitespace, text, at);
  if (blank !== undefined) {
    state.position += blank.length;
    return;
  }
  for (const [type, pattern] of literals) {
    const found = matchAt(pattern, text, at);
    if (found === undefined) continue;
    push(state, type, type === 'string' ? stringContent(state, found, isLiteral) : found, at);
    state.position += found.length;
    return;
  }
  const operator = matchAt(operatorPattern, text, at);
  if (operator === undefined) {
    const message = /["']/.test(text[at] ?? '')
      ? 'the string is never closed'
      : `unexpected character "${text[at]}"`;
    throw syntaxError(state.unit, at, message);
  }
  balance(state, open, operator);
  push(state, 'operator', operator, at);
  state.position += operator.length;
}

const literals: readonly (readonly [TokenType, RegExp])[] = [
  ['float', floatPattern],
  ['integer', integerPattern],
  ['name', namePattern],
  ['string', stringPattern],
];

function stringContent(state: LexerState, literal: string, isLiteral: boolean): string {
  if (isLiteral) return literal.slice(1, -1).replaceAll(`\\${literal[0]}`, literal[0] ?? '');
  const content = unescapeString(literal.slice(1, -1));
  if (content === undefined)
    throw syntaxError(state.unit, state.position, 'the string has an incomplete escape');
  return content;
}

function balance(
  state: LexerState,
  open: { readonly bracket: string; readonly offset: number }[],
  operator: string,
): void {
  if (operator in closing) open.push({ bracket: operator, offset: state.position });
  if (operator !== ')' && operator !== ']' && operator !== '}') return;
  const last = open.pop();
  if (last === undefined) throw syntaxError(state.unit, state.position, `unexpected "${operator}"`);
  const expected = closing[last.bracket];
  if (expected !== operator) {
    throw syntaxError(state.unit, state.position, `unexpected "${operator}", expected "${expected}"`);
  }
}
