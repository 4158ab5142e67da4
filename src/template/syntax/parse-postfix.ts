import type { Arguments, Expression } from './ast.ts';
import type { TokenStream } from './token-stream.ts';

/** No arguments at all. */
const noArguments: Arguments = Object.freeze({ positional: [], named: [] });

/** Reads what may follow a value: `.name`, `[key]`, `(arguments)`. */
export function parsePostfix(stream: TokenStream, start: Expression): Expression {
  let result = start;
  for (;;) {
    if (stream.isOperator('.')) result = parseAttribute(stream, result);
    else if (stream.isOperator('[')) result = parseItem(stream, result);
    else if (stream.isOperator('(')) result = parseCall(stream, result);
    else return result;
  }
}

/** Reads filters and tests behind a value; a call may follow them. */
export function parseFilterExpression(stream: TokenStream, start: Expression): Expression {
  let result = start;
  for (;;) {
    if (stream.isOperator('|')) {
      stream.next();
      result = parseFilter(stream, result);
    } else if (stream.isName('is')) result = parseTest(stream, result);
    else if (stream.isOperator('(')) result = parseCall(stream, result);
    else return result;
  }
}

/** Reads `name` or `name(arguments)` and further filters behind it, for the value given or for a block's text. */
export function parseBlockFilters(stream: TokenStream): Expression {
  let result = parseFilter(stream, undefined);
  while (stream.skip('operator', '|')) result = parseFilter(stream, result);
  return result;
}

function parseFilter(stream: TokenStream, target: Expression | undefined): Expression {
  const { offset } = stream.current;
  const name = dottedName(stream);
  const given = stream.isOperator('(') ? parseArguments(stream) : noArguments;
  return { kind: 'filter', target, name, arguments: given, offset };
}

function dottedName(stream: TokenStream): string {
  let name = stream.expect('name').value;
  while (stream.skip('operator', '.')) name += `.${stream.expect('name').value}`;
  return name;
}

function parseTest(stream: TokenStream, target: Expression): Expression {
  stream.next();
  const negated = stream.skip('name', 'not');
  const { offset } = stream.current;
  const name = dottedName(stream);
  let given = noArguments;
  if (stream.isOperator('(')) given = parseArguments(stream);
  else if (startsTestArgument(stream)) {
    given = { positional: [parsePostfix(stream, stream.grammar.primary(stream))], named: [] };
  }
  return { kind: 'test', target, name, arguments: given, negated, offset };
}

function startsTestArgument(stream: TokenStream): boolean {
  const { type, value } = stream.current;
  if (type === 'name') {
    if (value === 'is') throw stream.error('tests cannot be chained with "is"; join them with "and"');
    return !['else', 'or', 'and', 'if', 'in', 'not'].includes(value);
  }
  if (type === 'operator') return value === '[' || value === '{';
  return type === 'string' || type === 'integer' || type === 'float';
}

function parseAttribute(stream: TokenStream, target: Expression): Expression {
  stream.next();
  const token = stream.current;
  if (token.type === 'name') {
    stream.next();
    return { kind: 'attribute', target, name: token.value, offset: token.offset };
  }
  const key: Expression = {
    kind: 'literal',
    value: Number(stream.expect('integer').value),
    offset: token.offset,
  };
  return { kind: 'item', target, key, offset: token.offset };
}

function parseItem(stream: TokenStream, target: Expression): Expression {
  const { offset } = stream.next();
  const first = parseSubscript(stream, target, offset);
  if (!stream.isOperator(',')) {
    stream.expect('operator', ']');
    return first.kind === 'slice' ? first : { kind: 'item', target, key: first, offset };
  }
  const items = [first];
  while (stream.skip('operator', ',')) items.push(parseSubscript(stream, target, offset));
  stream.expect('operator', ']');
  return { kind: 'item', target, key: { kind: 'tuple', items, offset }, offset };
}

function parseSubscript(stream: TokenStream, target: Expression, offset: number): Expression {
  const start = stream.isOperator(':') ? undefined : stream.expression();
  if (start !== undefined && !stream.isOperator(':')) return start;
  stream.expect('operator', ':');
  const stop = slicePart(stream);
  const step = stream.skip('operator', ':') ? slicePart(stream) : undefined;
  return { kind: 'slice', target, start, stop, step, offset };
}

function slicePart(stream: TokenStream): Expression | undefined {
  return [':', ']', ','].some((end) => stream.isOperator(end)) ? undefined : stream.expression();
}

function parseCall(stream: TokenStream, target: Expression): Expression {
  const { offset } = stream.current;
  return { kind: 'call', target, arguments: parseArguments(stream), offset };
}

interface ArgumentsDraft {
  readonly positional: Expression[];
  readonly named: (readonly [string, Expression])[];
  rest?: Expression;
  restNamed?: Expression;
}

/** Reads `(a, b=c, *d, **e)`. */
function parseArguments(stream: TokenStream): Arguments {
  stream.expect('operator', '(');
  const draft: ArgumentsDraft = { positional: [], named: [] };
  let count = 0;
  while (!stream.isOperator(')')) {
    if (count > 0) stream.expect('operator', ',');
    if (stream.isOperator(')')) break;
    parseArgument(stream, draft);
    count++;
  }
  stream.expect('operator', ')');
  return draft;
}

function parseArgument(stream: TokenStream, draft: ArgumentsDraft): void {
  if (stream.isOperator('*') && draft.rest === undefined && draft.restNamed === undefined) {
    stream.next();
    draft.rest = stream.expression();
    return;
  }
  if (stream.isOperator('**') && draft.restNamed === undefined) {
    stream.next();
    draft.restNamed = stream.expression();
    return;
  }
  const { following, current } = stream;
  if (current.type === 'name' && following.type === 'operator' && following.value === '=') {
    stream.next();
    stream.next();
    if (draft.restNamed !== undefined) throw stream.error('a named argument follows "**"');
    if (draft.named.some(([name]) => name === current.value)) {
      throw stream.error(`the argument "${current.value}" is given twice`, current.offset);
    }
    draft.named.push([current.value, stream.expression()]);
    return;
  }
  if (draft.named.length > 0 || draft.restNamed !== undefined) {
    throw stream.error('a positional argument follows a named one');
  }
  draft.positional.push(stream.expression());
}
