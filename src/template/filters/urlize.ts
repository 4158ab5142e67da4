import { escapeHtml } from '../python/html.ts';

/** How links are written. */
export interface LinkOptions {
  readonly limit: number | undefined;
  readonly rel: string;
  readonly target: string | undefined;
  /** What begins further links, as `ftp:` does. */
  readonly schemes: readonly string[];
}

// A host name; a bare one, which nothing else shows to be a link, has labels of two characters at least.
const web = /^(?:https?:\/\/|www\.)(?:[\w%-]+\.)*(?:[a-z]{2,63}|xn--[\w%]{2,59})(?::\d{1,5})?(?:[/?#]\S*)?$/i;
const bare = /^(?:[\w%-]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)(?::\d{1,5})?(?:[/?#]\S*)?$/i;
const numeric = /^https?:\/\/(?:(?:\d{1,3}\.){3}\d{1,3}|\[[\da-f:.]+\])(?::\d{1,5})?(?:[/?#]\S*)?$/i;
const mail = /^[\w.!#$%&'*+/=?^`{|}~-]+@\w[\w.-]*\.\w+$/;

/** Text as HTML with its web and mail addresses made links. */
export function linkUrls(text: string, options: LinkOptions): string {
  return text
    .split(/(\s+)/)
    .map((word) => linkWord(word, options))
    .join('');
}

function linkWord(word: string, options: LinkOptions): string {
  const [, head = '', body = '', tail = ''] = /^([(<]*)([\s\S]*?)([)>.,\n]*)$/.exec(word) ?? [];
  const href = hrefOf(body, options.schemes);
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

function hrefOf(text: string, schemes: readonly string[]): string | undefined {
  if (numeric.test(text)) return text;
  if (web.test(text) || bare.test(text)) return /^https?:\/\//i.test(text) ? text : `https://${text}`;
  const address = text.replace(/^mailto:/, '');
  if (mail.test(address)) return `mailto:${address}`;
  return schemes.some((scheme) => text !== scheme && text.startsWith(scheme)) ? text : undefined;
}
