import type { Expression, ForStatement, Statement } from './ast.ts';
import { parseBody } from './parse-body.ts';
import {
  parseBlockTag,
  parseCallBlock,
  parseFrom,
  parseImport,
  parseInclude,
  parseMacro,
} from './parse-module.ts';
import { parseBlockFilters } from './parse-postfix.ts';
import { parseTarget } from './parse-target.ts';
import type { TokenStream } from './token-stream.ts';

type StatementParser = (stream: TokenStream, offset: number) => Statement | readonly Statement[];

const statements: ReadonlyMap<string, StatementParser> = new Map<string, StatementParser>([
  ['for', parseFor],
  ['if', parseIf],
  ['set', parseSet],
  ['with', parseWith],
  ['macro', parseMacro],
  ['call', parseCallBlock],
  ['filter', parseFilterBlock],
  ['autoescape', parseAutoescape],
  ['block', parseBlockTag],
  ['extends', (stream, offset) => ({ kind: 'extends', template: stream.expression(), offset })],
  ['include', parseInclude],
  ['import', parseImport],
  ['from', parseFrom],
  ['do', (stream, offset) => ({ kind: 'do', value: stream.grammar.tuple(stream), offset })],
  ['print', parsePrint],
  ['break', (_stream, offset) => ({ kind: 'break', offset })],
  ['continue', (_stream, offset) => ({ kind: 'continue', offset })],
]);

/** Reads one statement; the stream stands behind `{%`. The closing tag is left to the caller. */
export function parseStatement(stream: TokenStream): Statement | readonly Statement[] {
  const token = stream.current;
  if (token.type !== 'name') throw stream.unexpected('the name of a tag');
  const parse = statements.get(token.value);
  if (parse === undefined) throw stream.error(`unknown tag "${token.value}"`);
  stream.next();
  return parse(stream, token.offset);
}

/** The names of the tags that open a statement. */
export const statementNames: readonly string[] = [...statements.keys()];

function parseFor(stream: TokenStream, offset: number): ForStatement {
  const target = parseTarget(stream, ['in']);
  stream.expect('name', 'in');
  const iterable = stream.grammar.tuple(stream, { conditions: false, end: ['recursive'] });
  const test = stream.skip('name', 'if') ? stream.expression() : undefined;
  const recursive = stream.skip('name', 'recursive');
  const { body, end } = parseBody(stream, ['endfor', 'else'], 'for', offset);
  const otherwise = end === 'else' ? parseBody(stream, ['endfor'], 'for', offset).body : [];
  return { kind: 'for', target, iterable, test, recursive, body, otherwise, offset };
}

function parseIf(stream: TokenStream, offset: number): Statement {
  const branches: { test: Expression; body: readonly Statement[] }[] = [];
  for (;;) {
    const test = stream.grammar.tuple(stream, { conditions: false });
    const { body, end } = parseBody(stream, ['elif', 'else', 'endif'], 'if', offset);
    branches.push({ test, body });
    if (end === 'elif') continue;
    const otherwise = end === 'else' ? parseBody(stream, ['endif'], 'if', offset).body : [];
    return { kind: 'if', branches, otherwise, offset };
  }
}

function parseSet(stream: TokenStream, offset: number): Statement {
  const target = parseTarget(stream, [], true);
  if (stream.skip('operator', '='))
    return { kind: 'set', target, value: stream.grammar.tuple(stream), offset };
  const filter = stream.skip('operator', '|') ? parseBlockFilters(stream) : undefined;
  const { body } = parseBody(stream, ['endset'], 'set', offset);
  return { kind: 'set-block', target, filter, body, offset };
}

function parseWith(stream: TokenStream, offset: number): Statement {
  const bindings: (readonly [ReturnType<typeof parseTarget>, Expression])[] = [];
  while (!stream.is('block_end')) {
    if (bindings.length > 0) stream.expect('operator', ',');
    const target = parseTarget(stream, []);
    stream.expect('operator', '=');
    bindings.push([target, stream.expression()]);
  }
  return { kind: 'with', bindings, body: parseBody(stream, ['endwith'], 'with', offset).body, offset };
}

function parseFilterBlock(stream: TokenStream, offset: number): Statement {
  const filter = parseBlockFilters(stream);
  return {
    kind: 'filter-block',
    filter,
    body: parseBody(stream, ['endfilter'], 'filter', offset).body,
    offset,
  };
}

function parseAutoescape(stream: TokenStream, offset: number): Statement {
  const value = stream.expression();
  const { body } = parseBody(stream, ['endautoescape'], 'autoescape', offset);
  return { kind: 'autoescape', value, body, offset };
}

function parsePrint(stream: TokenStream): readonly Statement[] {
  const values: Statement[] = [];
  while (!stream.is('block_end')) {
    if (values.length > 0) stream.expect('operator', ',');
    const value = stream.expression();
    values.push({ kind: 'output', value, offset: value.offset });
  }
  return values;
}
