import type { TemplateSyntax } from './options.ts';

/** The patterns that one syntax is read by; all are sticky except `start`. */
export interface LexerRules {
  readonly start: RegExp;
  readonly raw: RegExp;
  readonly rawEnd: RegExp;
  readonly commentEnd: RegExp;
  readonly blockEnd: RegExp;
  readonly variableEnd: RegExp;
}

const cache = new WeakMap<TemplateSyntax, LexerRules>();

/** The patterns of a syntax, built once for each. */
export function lexerRules(syntax: TemplateSyntax): LexerRules {
  const known = cache.get(syntax);
  if (known !== undefined) return known;
  const rules = buildRules(syntax);
  cache.set(syntax, rules);
  return rules;
}

function buildRules(syntax: TemplateSyntax): LexerRules {
  const newline = syntax.trimBlocks ? '\\n?' : '';
  const block = escapePattern(syntax.blockStart);
  const blockEnd = escapePattern(syntax.blockEnd);
  const commentEnd = escapePattern(syntax.commentEnd);
  const variableEnd = escapePattern(syntax.variableEnd);
  const starts = [syntax.commentStart, syntax.blockStart, syntax.variableStart]
    .toSorted((a, b) => b.length - a.length)
    .map(escapePattern);
  return {
    start: new RegExp(starts.join('|'), 'g'),
    raw: new RegExp(`[-+]?\\s*raw\\s*(?:-${blockEnd}\\s*|${blockEnd})`, 'y'),
    rawEnd: new RegExp(
      `${block}([-+]?)\\s*endraw\\s*(?:\\+${blockEnd}|-${blockEnd}\\s*|${blockEnd}${newline})`,
      'g',
    ),
    commentEnd: new RegExp(`(?:\\+${commentEnd}|-${commentEnd}\\s*|${commentEnd}${newline})`, 'g'),
    blockEnd: new RegExp(`(?:\\+${blockEnd}|-${blockEnd}\\s*|${blockEnd}${newline})`, 'y'),
    variableEnd: new RegExp(`(?:-${variableEnd}\\s*|${variableEnd})`, 'y'),
  };
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
