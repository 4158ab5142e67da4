import type { Expression, NameExpression, Target } from './ast.ts';
import { parseTuple } from './parse-tuple.ts';
import type { TokenStream } from './token-stream.ts';

/** Reads what an assignment writes to: `a`, `a, b`, `(a, b)`, and `namespace.attribute` where `members` allows it. */
export function parseTarget(stream: TokenStream, end: readonly string[], members = false): Target {
  const { current, following } = stream;
  if (members && current.type === 'name' && following.type === 'operator' && following.value === '.') {
    stream.next();
    stream.next();
    const attribute = stream.expect('name').value;
    return { kind: 'member', name: current.value, attribute, offset: current.offset };
  }
  return toTarget(stream, parseTuple(stream, { simple: true, end }));
}

/** Reads one plain name. */
export function parseTargetName(stream: TokenStream): NameExpression {
  const token = stream.expect('name');
  refuseConstant(stream, token.value, token.offset);
  return { kind: 'name', name: token.value, offset: token.offset };
}

function toTarget(stream: TokenStream, expression: Expression): Target {
  if (expression.kind === 'name') return expression;
  if (expression.kind !== 'tuple') throw stream.error('this cannot be assigned to', expression.offset);
  return {
    kind: 'targets',
    items: expression.items.map((item) => toTarget(stream, item)),
    offset: expression.offset,
  };
}

function refuseConstant(stream: TokenStream, name: string, offset: number): void {
  if (['true', 'false', 'none', 'True', 'False', 'None'].includes(name)) {
    throw stream.error(`"${name}" cannot be assigned to`, offset);
  }
}
