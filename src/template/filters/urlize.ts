import { escapeHtml } from '../python/html.ts';

/** How links are written. */
export interface LinkOptions {
  readonly limit: number | undefined;
  readonly rel: string;
  readonly target: string | undefined;
}

const web = /^(?:https?:\/\/|www\.)[\w.-]+(?::\d+)?(?:[/?#]\S*)?$/i;
const bare = /^[\w-]+(?:\.[\w-]+)*\.(?:com|net|int|edu|gov|org|info|mil)(?:[/?#]\S*)?$/i;
const mail = /^(?:mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/i;

/** Text as HTML with its web and mail addresses made links. */
export function linkUrls(text: string, options: LinkOptions): string {
  return text
    .split(/(\s+)/)
    .map((word) => linkWord(word, options))
    .join('');
}

function linkWord(word: string, options: LinkOptions): string {
  const [, head = '', body = '', tail = ''] = /^([(<]*)([\s\S]*?)([)>.,\n]*)$/.exec(word) ?? [];
  const href = hrefOf(body);
  if (href === undefined) return escapeHtml(word);
  const rel = [...new Set(options.rel.split(/\s+/).filter((part) => part !== ''))].sort().join(' ');
  const isMail = href.startsWith('mailto:');
  const attributes = isMail
    ? ''
    : `${rel === '' ? '' : ` rel="${escapeHtml(rel)}"`}${options.target === undefined ? '' : ` target="${escapeHtml(options.target)}"`}`;
  const shown = isMail ? body.replace(/^mailto:/i, '') : body;
  const label =
    options.limit !== undefined && shown.length > options.limit
      ? `${shown.slice(0, options.limit)}...`
      : shown;
  return `${escapeHtml(head)}<a href="${escapeHtml(href)}"${attributes}>${escapeHtml(label)}</a>${escapeHtml(tail)}`;
}

function hrefOf(text: string): string | undefined {
  if (web.test(text)) return /^www\./i.test(text) ? `https://${text}` : text;
  if (bare.test(text)) return `https://${text}`;
  if (mail.test(text)) return /^mailto:/i.test(text) ? text : `mailto:${text}`;
  return undefined;
}
