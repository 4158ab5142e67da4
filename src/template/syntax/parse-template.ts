import { syntaxError, type TemplateUnit } from '../errors.ts';
import type { Expression, Statement } from './ast.ts';
import { tokenize, tokenizeExpression } from './lexer.ts';
import { defaultSyntax, type TemplateSyntax } from './options.ts';
import { parseStatements } from './parse-body.ts';
import { parseExpression, parsePrimary } from './parse-expression.ts';
import { parseStatement, statementNames } from './parse-statement.ts';
import { parseTuple } from './parse-tuple.ts';
import { type Grammar, TokenStream } from './token-stream.ts';

/** The largest template that is read, in characters. */
const maxCharacters = 8 * 1024 * 1024;

const grammar: Grammar = {
  expression: parseExpression,
  primary: parsePrimary,
  tuple: parseTuple,
  statement: parseStatement,
  statementNames,
};

/** A template's text with line ends made `\n`, and its statements. */
export interface ParsedTemplate {
  readonly unit: TemplateUnit;
  readonly body: readonly Statement[];
  /** How many newlines the text ends in; none where they are not kept. */
  readonly endingNewlines: number;
}

/**
 * Reads a template.
 *
 * @throws TemplateError of kind `syntax`.
 */
export function parseTemplate(
  text: string,
  name: string,
  syntax: TemplateSyntax = defaultSyntax,
): ParsedTemplate {
  const normal = text.includes('\r') ? text.replace(/\r\n|\r/g, '\n') : text;
  const endingNewlines = syntax.keepTrailingNewline ? newlinesAtEnd(text) : 0;
  const unit: TemplateUnit = { name, text: normal.endsWith('\n') ? normal.slice(0, -1) : normal };
  refuseHuge(unit);
  const body = parseStatements(new TokenStream(unit, tokenize(unit, syntax), grammar), []);
  return { unit, body, endingNewlines };
}

/**
 * Reads one bare expression, as in `when`.
 *
 * @throws TemplateError of kind `syntax`.
 */
export function parseBareExpression(
  text: string,
  name: string,
): { unit: TemplateUnit; expression: Expression } {
  const unit: TemplateUnit = { name, text };
  refuseHuge(unit);
  const stream = new TokenStream(unit, tokenizeExpression(unit, defaultSyntax), grammar);
  const expression = parseTuple(stream);
  if (!stream.is('eof')) throw stream.unexpected('the end of the expression');
  return { unit, expression };
}

/** How many newlines a text ends in. */
export function newlinesAtEnd(text: string): number {
  let end = text.length;
  while (text[end - 1] === '\n') end--;
  return text.length - end;
}

function refuseHuge(unit: TemplateUnit): void {
  if (unit.text.length > maxCharacters) throw syntaxError(unit, 0, 'the template is larger than 8 MiB');
}
