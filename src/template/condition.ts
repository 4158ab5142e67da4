import type { TemplateUnit } from './errors.ts';
import { tokenize } from './syntax/lexer.ts';
import { defaultSyntax } from './syntax/options.ts';

const falseWords: ReadonlySet<string> = new Set(['false', 'no', 'off', '0', 'n', 'f', '', 'none']);

/** Whether a text that stands for a condition means true: not `no`, `false`, `off`, `0` or nothing. */
export function textHolds(text: string): boolean {
  return !falseWords.has(text.trim().toLowerCase());
}

/**
 * A condition in which parts are written as `{{ … }}` as one expression: `{{ a }} == 'x'` is `(a) == 'x'`, and
 * `'{{ a }}' == 'x'` is `('' ~ (a) ~ '') == 'x'`. So the value of `a` stays data; it is never read as an expression.
 *
 * @returns undefined when the text has tags other than `{{ … }}`.
 */
export function inlineExpressions(unit: TemplateUnit): string | undefined {
  const tokens = tokenize(unit, defaultSyntax);
  const draft: Draft = { text: '', quote: '', openedAt: 0, joined: false };
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined || token.type === 'eof') break;
    if (token.type === 'data') {
      addData(draft, token.value);
      continue;
    }
    if (token.type !== 'variable_begin') return undefined;
    const end = tokens.findIndex((t, at) => at > i && t.type === 'variable_end');
    const from = token.offset + token.value.length;
    addExpression(draft, unit.text.slice(from, tokens[end]?.offset ?? unit.text.length));
    i = end;
  }
  return draft.text;
}

interface Draft {
  text: string;
  /** The quote that is open at the end of the text; empty outside of strings. */
  quote: string;
  /** Where that string begins. */
  openedAt: number;
  /** Whether that string has become several joined by `~`. */
  joined: boolean;
}

function addExpression(draft: Draft, source: string): void {
  const inner = `(${source.replace(/^[-+]/, ' ')})`;
  if (draft.quote === '') {
    draft.text += inner;
    return;
  }
  if (!draft.joined)
    draft.text = `${draft.text.slice(0, draft.openedAt)}(${draft.text.slice(draft.openedAt)}`;
  draft.joined = true;
  draft.text += `${draft.quote} ~ ${inner} ~ ${draft.quote}`;
}

function addData(draft: Draft, data: string): void {
  for (let i = 0; i < data.length; i++) {
    const character = data[i] ?? '';
    if (draft.quote === '') {
      if (character === '"' || character === "'") {
        draft.quote = character;
        draft.openedAt = draft.text.length;
        draft.joined = false;
      }
      draft.text += character;
    } else if (character === '\\') {
      draft.text += character + (data[i + 1] ?? '');
      i++;
    } else if (character === draft.quote) {
      draft.text += draft.joined ? `${character})` : character;
      draft.quote = '';
    } else draft.text += character;
  }
}
