import type { Expression } from './ast.ts';
import type { TokenStream, TupleRules } from './token-stream.ts';

/** Reads `a` or `a, b, c`; one item without a comma is no tuple. */
export function parseTuple(stream: TokenStream, rules: TupleRules = {}): Expression {
  const { offset } = stream.current;
  const items: Expression[] = [];
  let isTuple = false;
  for (;;) {
    if (items.length > 0 && !stream.skip('operator', ',')) break;
    if (items.length > 0) isTuple = true;
    if (endsTuple(stream, rules.end ?? [])) break;
    items.push(readItem(stream, rules));
  }
  const [first] = items;
  if (!isTuple && first !== undefined) return first;
  if (first === undefined && rules.explicit !== true) throw stream.unexpected('an expression');
  return { kind: 'tuple', items, offset };
}

function readItem(stream: TokenStream, rules: TupleRules): Expression {
  return rules.simple === true
    ? stream.grammar.primary(stream)
    : stream.grammar.expression(stream, rules.conditions ?? true);
}

function endsTuple(stream: TokenStream, names: readonly string[]): boolean {
  const { type, value } = stream.current;
  if (type === 'variable_end' || type === 'block_end' || type === 'eof') return true;
  return (type === 'operator' && value === ')') || (type === 'name' && names.includes(value));
}
