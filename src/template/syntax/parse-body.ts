import { nearest } from '../../lib/suggest.ts';
import type { Statement } from './ast.ts';
import type { TokenStream } from './token-stream.ts';

/** The statements up to an end tag, and which of the end tags it was. */
export interface Body {
  readonly body: readonly Statement[];
  readonly end: string;
}

/**
 * Reads the rest of the opening tag and the statements up to one of the end tags. Behind `else` and `elif` the stream
 * stands on what follows that word; behind others it stands on the end of their tag.
 */
export function parseBody(
  stream: TokenStream,
  ends: readonly string[],
  opener: string,
  offset: number,
): Body {
  stream.skip('operator', ':');
  stream.expect('block_end');
  const body = stream.nested(() => parseStatements(stream, ends));
  if (stream.is('eof')) {
    throw stream.error(`"${opener}" is never closed by "${ends.at(-1)}"`, offset);
  }
  return { body, end: stream.next().value };
}

/** Reads statements up to one of the end tags or the end of the text. */
export function parseStatements(stream: TokenStream, ends: readonly string[]): Statement[] {
  const result: Statement[] = [];
  while (!stream.is('eof')) {
    const token = stream.next();
    if (token.type === 'data') result.push({ kind: 'text', text: token.value, offset: token.offset });
    else if (token.type === 'variable_begin') {
      const value = stream.grammar.tuple(stream);
      result.push({ kind: 'output', value, offset: value.offset });
      stream.expect('variable_end');
    } else {
      if (stream.isName(...ends)) return result;
      refuseStrayEnd(stream, ends);
      const statement = stream.grammar.statement(stream);
      if ('kind' in statement) result.push(statement);
      else result.push(...statement);
      stream.expect('block_end');
    }
  }
  return result;
}

function refuseStrayEnd(stream: TokenStream, ends: readonly string[]): void {
  const { type, value } = stream.current;
  if (type !== 'name') return;
  const names = new Set(stream.grammar.statementNames);
  if (names.has(value)) return;
  const expected = ends.length === 0 ? '' : `; expected ${ends.map((end) => `"${end}"`).join(' or ')}`;
  if (value === 'else' || value === 'elif' || value.startsWith('end')) {
    throw stream.error(`"${value}" closes nothing here${expected}`);
  }
  const guess = nearest(value, [...names, ...ends]);
  throw stream.error(`unknown tag "${value}"${guess === undefined ? '' : ` — did you mean "${guess}"?`}`);
}
