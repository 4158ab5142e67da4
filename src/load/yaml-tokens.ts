import { type CST, Lexer, Parser } from 'yaml';

/** A quote or bracket that is never closed. */
export interface Opening {
  readonly offset: number;
  readonly text: string;
}

/** A file's syntax tokens, and what one pass over them finds out before anything is built from them. */
export interface TokenSurvey {
  readonly tokens: readonly CST.Token[];
  /** The offset of the first collection that lies deeper than the limit; nothing behind it was read. */
  readonly tooDeepAt: number | undefined;
  readonly unclosed: readonly Opening[];
}

/** Reads a text's tokens. No nesting exhausts the stack or the time: reading ends where it goes too deep. */
export function surveyTokens(text: string, maxDepth: number): TokenSurvey {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let offset = 0;
  let flowDepth = 0;
  let lineDepth = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (lexeme === '[' || lexeme === '{') flowDepth++;
    else if (lexeme === ']' || lexeme === '}') flowDepth--;
    else if (lexeme === '-' || lexeme === '?') lineDepth++;
    else if (lexeme.endsWith('\n')) lineDepth = 0;
    if (flowDepth + lineDepth > maxDepth) return { tokens, tooDeepAt: offset, unclosed: [] };
    // Lexemes below the space are marks of the lexer's own, which stand for no text.
    if (lexeme >= ' ' || !/^[\u0002\u0018\u001f]$/.test(lexeme)) offset += lexeme.length;
  }
  for (const token of parser.end()) tokens.push(token);
  return { tokens, ...walk(tokens, maxDepth) };
}

function walk(tokens: readonly CST.Token[], maxDepth: number): Omit<TokenSurvey, 'tokens'> {
  const unclosed: Opening[] = [];
  let tooDeepAt: number | undefined;
  const stack: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { token } = next;
    const opening = unclosedOpening(token);
    if (opening) unclosed.push(opening);
    const depth = 'items' in token ? next.depth + 1 : next.depth;
    if (depth > maxDepth) tooDeepAt = Math.min(tooDeepAt ?? token.offset, token.offset);
    else for (const inner of partsOf(token)) stack.push({ token: inner, depth });
  }
  return { tooDeepAt, unclosed: unclosed.sort((a, b) => a.offset - b.offset) };
}

function partsOf(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (!('items' in token)) return [];
  const parts: CST.Token[] = [];
  for (const item of token.items) {
    if (item.key) parts.push(item.key);
    if (item.value) parts.push(item.value);
  }
  return parts;
}

function unclosedOpening(token: CST.Token): Opening | undefined {
  if (token.type === 'flow-collection') {
    const closing = token.start.source === '[' ? 'flow-seq-end' : 'flow-map-end';
    const closed = token.end.some((part) => part.type === closing);
    return closed ? undefined : { offset: token.start.offset, text: token.start.source };
  }
  if (token.type !== 'double-quoted-scalar' && token.type !== 'single-quoted-scalar') return undefined;
  const quote = token.source.charAt(0);
  const closed = token.source.length > 1 && token.source.endsWith(quote);
  return closed ? undefined : { offset: token.offset, text: quote };
}
