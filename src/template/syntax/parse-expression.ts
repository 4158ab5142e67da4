import type { BinaryOperator, CompareOperator, Expression } from './ast.ts';
import { parseFilterExpression, parsePostfix } from './parse-postfix.ts';
import { parseTuple } from './parse-tuple.ts';
import type { TokenStream } from './token-stream.ts';

/** Reads one expression, inline `if` included. */
export function parseExpression(stream: TokenStream, withCondition = true): Expression {
  return stream.nested(() => (withCondition ? parseCondition(stream) : parseOr(stream)));
}

function parseCondition(stream: TokenStream): Expression {
  let result = parseOr(stream);
  while (stream.isName('if')) {
    const { offset } = stream.next();
    const test = parseOr(stream);
    const otherwise = stream.skip('name', 'else') ? parseExpression(stream) : undefined;
    result = { kind: 'condition', test, value: result, otherwise, offset };
  }
  return result;
}

function parseOr(stream: TokenStream): Expression {
  let left = parseAnd(stream);
  while (stream.isName('or')) {
    const { offset } = stream.next();
    left = { kind: 'or', left, right: parseAnd(stream), offset };
  }
  return left;
}

function parseAnd(stream: TokenStream): Expression {
  let left = parseNot(stream);
  while (stream.isName('and')) {
    const { offset } = stream.next();
    left = { kind: 'and', left, right: parseNot(stream), offset };
  }
  return left;
}

function parseNot(stream: TokenStream): Expression {
  if (!stream.isName('not')) return parseCompare(stream);
  const { offset } = stream.next();
  return { kind: 'not', operand: stream.nested(parseNot), offset };
}

const compareOperators: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

function parseCompare(stream: TokenStream): Expression {
  const first = parseSum(stream);
  const rest: { operator: CompareOperator; operand: Expression }[] = [];
  const { offset } = stream.current;
  for (;;) {
    const operator = compareOperator(stream);
    if (operator === undefined) break;
    rest.push({ operator, operand: parseSum(stream) });
  }
  return rest.length === 0 ? first : { kind: 'compare', first, rest, offset };
}

function compareOperator(stream: TokenStream): CompareOperator | undefined {
  const { type, value } = stream.current;
  if (type === 'operator' && compareOperators.has(value)) {
    stream.next();
    // The set holds nothing but members of the union.
    return value as CompareOperator;
  }
  if (stream.skip('name', 'in')) return 'in';
  if (stream.isName('not') && stream.following.type === 'name' && stream.following.value === 'in') {
    stream.next();
    stream.next();
    return 'not in';
  }
  return undefined;
}

function parseSum(stream: TokenStream): Expression {
  return parseBinary(stream, ['+', '-'], parseConcat);
}

function parseConcat(stream: TokenStream): Expression {
  const first = parseProduct(stream);
  if (!stream.isOperator('~')) return first;
  const { offset } = stream.current;
  const parts = [first];
  while (stream.skip('operator', '~')) parts.push(parseProduct(stream));
  return { kind: 'concat', parts, offset };
}

function parseProduct(stream: TokenStream): Expression {
  return parseBinary(stream, ['*', '/', '//', '%'], parsePower);
}

function parsePower(stream: TokenStream): Expression {
  return parseBinary(stream, ['**'], parseUnary);
}

function parseBinary(
  stream: TokenStream,
  operators: readonly BinaryOperator[],
  operand: (stream: TokenStream) => Expression,
): Expression {
  let left = operand(stream);
  for (;;) {
    const operator = operators.find((o) => stream.isOperator(o));
    if (operator === undefined) return left;
    const { offset } = stream.next();
    left = { kind: 'binary', operator, left, right: operand(stream), offset };
  }
}

function parseUnary(stream: TokenStream): Expression {
  return parseFilterExpression(stream, parseSigned(stream));
}

function parseSigned(stream: TokenStream): Expression {
  if (!stream.isOperator('-') && !stream.isOperator('+')) return parsePostfix(stream, parsePrimary(stream));
  const { offset, value } = stream.next();
  const operand = stream.nested(parseSigned);
  return parsePostfix(stream, { kind: value === '-' ? 'negative' : 'positive', operand, offset });
}

const constants: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
]);

/** Reads a name, literal, list, mapping or parenthesised expression. */
export function parsePrimary(stream: TokenStream): Expression {
  const { type, value, offset } = stream.current;
  switch (type) {
    case 'name': {
      stream.next();
      const constant = constants.get(value);
      return constant === undefined
        ? { kind: 'name', name: value, offset }
        : { kind: 'literal', value: constant, offset };
    }
    case 'string': {
      let text = '';
      while (stream.is('string')) text += stream.next().value;
      return { kind: 'literal', value: text, offset };
    }
    case 'integer':
      stream.next();
      return { kind: 'literal', value: integerValue(value), offset };
    case 'float':
      stream.next();
      return { kind: 'literal', value: Number(value.replaceAll('_', '')), float: true, offset };
    case 'operator':
      return parseBracketed(stream);
    default:
      throw stream.unexpected('an expression');
  }
}

function integerValue(text: string): number | bigint {
  const value = BigInt(text.replaceAll('_', '').replace(/^0+(?=\d)/, ''));
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

function parseBracketed(stream: TokenStream): Expression {
  const { value, offset } = stream.current;
  if (value === '(') {
    stream.next();
    const inner = parseTuple(stream, { explicit: true });
    stream.expect('operator', ')');
    return inner;
  }
  if (value === '[') {
    stream.next();
    return { kind: 'list', items: parseUntil(stream, ']', (s) => parseExpression(s)), offset };
  }
  if (value === '{') {
    stream.next();
    return { kind: 'dict', pairs: parseUntil(stream, '}', parsePair), offset };
  }
  throw stream.unexpected('an expression');
}

function parsePair(stream: TokenStream): readonly [Expression, Expression] {
  const key = parseExpression(stream);
  stream.expect('operator', ':');
  return [key, parseExpression(stream)];
}

function parseUntil<Part>(stream: TokenStream, end: string, read: (stream: TokenStream) => Part): Part[] {
  const parts: Part[] = [];
  while (!stream.isOperator(end)) {
    if (parts.length > 0) stream.expect('operator', ',');
    if (stream.isOperator(end)) break;
    parts.push(read(stream));
  }
  stream.expect('operator', end);
  return parts;
}
