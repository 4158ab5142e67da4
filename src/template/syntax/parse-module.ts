import type {
  BlockStatement,
  Expression,
  ImportStatement,
  MacroStatement,
  Parameter,
  Statement,
} from './ast.ts';
import { parseBody } from './parse-body.ts';
import { parseTargetName } from './parse-target.ts';
import type { TokenStream } from './token-stream.ts';

/** Reads `macro name(parameters)` and its body. */
export function parseMacro(stream: TokenStream, offset: number): MacroStatement {
  const { name } = parseTargetName(stream);
  const parameters = parseParameters(stream);
  return {
    kind: 'macro',
    name,
    parameters,
    body: parseBody(stream, ['endmacro'], 'macro', offset).body,
    offset,
  };
}

/** Reads `call(parameters) macro(arguments)` and the body that the macro calls back. */
export function parseCallBlock(stream: TokenStream, offset: number): Statement {
  const parameters = stream.isOperator('(') ? parseParameters(stream) : [];
  const call = stream.expression();
  if (call.kind !== 'call') throw stream.error('"call" needs a call of a macro', call.offset);
  const { body } = parseBody(stream, ['endcall'], 'call', offset);
  return { kind: 'call-block', parameters, call, body, offset };
}

function parseParameters(stream: TokenStream): readonly Parameter[] {
  const parameters: Parameter[] = [];
  stream.expect('operator', '(');
  while (!stream.isOperator(')')) {
    if (parameters.length > 0) stream.expect('operator', ',');
    const { name, offset } = parseTargetName(stream);
    const fallback = stream.skip('operator', '=') ? stream.expression() : undefined;
    if (fallback === undefined && parameters.at(-1)?.fallback !== undefined) {
      throw stream.error(`"${name}" without a default follows a parameter with one`, offset);
    }
    if (parameters.some((p) => p.name === name))
      throw stream.error(`the parameter "${name}" is named twice`, offset);
    parameters.push({ name, fallback });
  }
  stream.expect('operator', ')');
  return parameters;
}

/** Reads `block name [scoped] [required]` and its body. */
export function parseBlockTag(stream: TokenStream, offset: number): BlockStatement {
  const name = stream.expect('name').value;
  const scoped = stream.skip('name', 'scoped');
  const required = stream.skip('name', 'required');
  if (stream.isOperator('-')) throw stream.error('a block name holds no hyphen; use an underscore');
  const { body } = parseBody(stream, ['endblock'], 'block', offset);
  if (required && body.some((part) => part.kind !== 'text' || part.text.trim() !== '')) {
    throw stream.error('a required block holds nothing but comments and whitespace', offset);
  }
  stream.skip('name', name);
  return { kind: 'block', name, scoped, required, body, offset };
}

/** Reads `include template [ignore missing] [with|without context]`. */
export function parseInclude(stream: TokenStream, offset: number): Statement {
  const template = stream.expression();
  const ignoreMissing = stream.isName('ignore') && stream.following.value === 'missing';
  if (ignoreMissing) skipTwo(stream);
  return { kind: 'include', template, ignoreMissing, withContext: parseContext(stream, true), offset };
}

/** Reads `import template as name [with context]`. */
export function parseImport(stream: TokenStream, offset: number): ImportStatement {
  const template = stream.expression();
  stream.expect('name', 'as');
  const { name } = parseTargetName(stream);
  return { kind: 'import', template, as: name, withContext: parseContext(stream, false), offset };
}

/** Reads `from template import a, b as c [with context]`. */
export function parseFrom(stream: TokenStream, offset: number): ImportStatement {
  const template: Expression = stream.expression();
  stream.expect('name', 'import');
  const names: (readonly [string, string])[] = [];
  while (!startsContext(stream)) {
    if (names.length > 0) stream.expect('operator', ',');
    if (names.length > 0 && (startsContext(stream) || stream.is('block_end'))) break;
    const { name, offset: at } = parseTargetName(stream);
    if (name.startsWith('_')) throw stream.error(`"${name}" cannot be imported: it begins with "_"`, at);
    names.push([name, stream.skip('name', 'as') ? parseTargetName(stream).name : name]);
    if (!stream.isOperator(',')) break;
  }
  return { kind: 'import', template, as: names, withContext: parseContext(stream, false), offset };
}

function startsContext(stream: TokenStream): boolean {
  return stream.isName('with', 'without') && stream.following.value === 'context';
}

function parseContext(stream: TokenStream, fallback: boolean): boolean {
  if (!startsContext(stream)) return fallback;
  const withContext = stream.current.value === 'with';
  skipTwo(stream);
  return withContext;
}

function skipTwo(stream: TokenStream): void {
  stream.next();
  stream.next();
}
