import { anyText, flagArgument, integerArgument, isAbsent, textArgument } from '../arguments.ts';
import { type Datum, Markup, type Run, tuple, Undefined } from '../datum.ts';
import { type Native, native } from '../native.ts';
import { dictEntries, isDict, type OwnDict } from '../python/dict.ts';
import { formatPercent } from '../python/format-percent.ts';
import { escapeHtml } from '../python/html.ts';
import { unescapeHtml } from '../python/html-entities.ts';
import { itemsOf, lengthOf, textLength } from '../python/iterate.ts';
import { isNumber } from '../python/number.ts';
import { capitalize } from '../python/string-classes.ts';
import { replaceText, stringMethods } from '../python/string-methods.ts';
import { splitLines, splitRight, stripText } from '../python/string-split.ts';
import { toText } from '../python/text.ts';
import { isText, typeName } from '../python/types.ts';
import { linkUrls } from './urlize.ts';
import { wrapText } from './wrap-text.ts';

/** A filter that turns text into text; other values are printed first. HTML stays HTML. */
function change(fn: (text: string) => string): Native {
  return native('value', (run: Run, value: Datum) => {
    const text = fn(toText(run, value));
    return value instanceof Markup ? new Markup(text) : text;
  });
}

function title(text: string): string {
  return text
    .split(/([-\s({[<]+)/)
    .map((word) => capitalize(word))
    .join('');
}

function format(run: Run, value: Datum, rest: readonly Datum[], named: OwnDict): Datum {
  if (rest.length > 0 && named.size > 0) throw run.fail('"format" takes either positional or named values');
  if (!(value instanceof Markup))
    return formatPercent(run, toText(run, value), named.size > 0 ? named : tuple(rest));
  const escaped = (item: Datum) =>
    isNumber(item) || item instanceof Markup ? item : escapeHtml(toText(run, item));
  const values =
    named.size > 0
      ? new Map([...named].map(([key, item]) => [key, escaped(item)]))
      : tuple(rest.map(escaped));
  return new Markup(formatPercent(run, value.text, values));
}

function indent(run: Run, value: Datum, width?: Datum, first?: Datum, blank?: Datum): Datum {
  const text = textArgument(run, value, 'value');
  const amount = isText(width)
    ? toText(run, width)
    : ' '.repeat(Math.max(0, integerArgument(run, width, 'width', 4)));
  const [head = '', ...lines] = splitLines(`${text}\n`, false);
  const all = flagArgument(blank);
  const parts = lines.map((line) => (line === '' && !all ? line : amount + line));
  const result = (flagArgument(first) ? amount : '') + [head, ...parts].join('\n');
  run.spend(result.length);
  return value instanceof Markup ? new Markup(result) : result;
}

function truncate(
  run: Run,
  value: Datum,
  length?: Datum,
  killWords?: Datum,
  end?: Datum,
  leeway?: Datum,
): Datum {
  const limit = integerArgument(run, length, 'length', 255);
  const ending = anyText(run, end, '...');
  const slack = isAbsent(leeway) ? 5 : integerArgument(run, leeway, 'leeway');
  const kept = limit - textLength(ending);
  if (kept < 0) throw run.fail(`"length" must be at least ${textLength(ending)}, the length of the ending`);
  const size = lengthOf(value);
  if (size === undefined) throw run.fail(`"truncate" needs text, not ${typeName(value)}`);
  if (size <= limit + slack) return value;
  const text = textArgument(run, value, 'value');
  const cut = [...text].slice(0, kept).join('');
  return (flagArgument(killWords) ? cut : (splitRight(run, cut, ' ', 1)[0] ?? '')) + ending;
}

function xmlAttributes(run: Run, value: Datum, autospace?: Datum): Datum {
  if (!isDict(value)) throw run.fail(`"xmlattr" needs a mapping, not ${typeName(value)}`);
  const parts: string[] = [];
  for (const [key, item] of dictEntries(value)) {
    if (item === null || item instanceof Undefined) continue;
    const name = toText(run, key);
    if (/[\s/>=]/.test(name)) throw run.fail(`"${name}" is no name of an attribute`);
    parts.push(`${escapeHtml(name)}="${html(run, item)}"`);
  }
  const text = (flagArgument(autospace, true) && parts.length > 0 ? ' ' : '') + parts.join(' ');
  return run.autoescape ? new Markup(text) : text;
}

function html(run: Run, value: Datum): string {
  const text = toText(run, value);
  return value instanceof Markup ? text : escapeHtml(text);
}

function stripTags(run: Run, value: Datum): string {
  const text = toText(run, value)
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return unescapeHtml(text);
}

function schemeOf(run: Run, value: Datum): string {
  const scheme = toText(run, value);
  if (!/^[\w.+-]{2,}:\/{0,2}$/.test(scheme))
    throw run.fail(`"${scheme}" is no scheme of links, as "ftp:" is`);
  return scheme;
}

const center = stringMethods['center'] as Native;

/** Jinja2's filters on text. */
export const textFilters: Readonly<Record<string, Native>> = {
  upper: change((text) => text.toUpperCase()),
  lower: change((text) => text.toLowerCase()),
  capitalize: change(capitalize),
  title: change(title),
  string: native('value', (run: Run, value: Datum) => (value instanceof Markup ? value : toText(run, value))),
  trim: native('value, chars?', (run: Run, value: Datum, chars?: Datum) =>
    stripText(toText(run, value), isAbsent(chars) ? undefined : textArgument(run, chars, 'chars'), 'both'),
  ),
  replace: native(
    'value, old, new, count?',
    (run: Run, value: Datum, old: Datum, fresh: Datum, count?: Datum) =>
      replaceText(
        run,
        toText(run, value),
        toText(run, old),
        toText(run, fresh),
        isAbsent(count) ? -1 : integerArgument(run, count, 'count'),
      ),
  ),
  format: native('value, *rest, **named', format),
  indent: native('value, width?, first?, blank?', indent),
  center: native('value, width?', (run: Run, value: Datum, width: Datum = 80) =>
    center.body(run, toText(run, value), width, undefined),
  ),
  truncate: native('value, length?, killwords?, end?, leeway?', truncate),
  wordwrap: native(
    'value, width?, break_long_words?, wrapstring?, break_on_hyphens?',
    (run: Run, value: Datum, width?: Datum, long?: Datum, joiner?: Datum, hyphens?: Datum) => {
      const options = {
        width: integerArgument(run, width, 'width', 79),
        breakLongWords: flagArgument(long, true),
        breakOnHyphens: flagArgument(hyphens, true),
      };
      if (options.width < 1) throw run.fail('"width" must be at least 1');
      const glue = isAbsent(joiner) ? '\n' : toText(run, joiner);
      return splitLines(textArgument(run, value, 'value'), false)
        .map((line) => wrapText(line, options).join(glue))
        .join(glue);
    },
  ),
  wordcount: native(
    'value',
    (run: Run, value: Datum) => toText(run, value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0,
  ),
  escape: native('value', (run: Run, value: Datum) =>
    value instanceof Markup ? value : new Markup(escapeHtml(toText(run, value))),
  ),
  forceescape: native('value', (run: Run, value: Datum) => new Markup(escapeHtml(toText(run, value)))),
  safe: native('value', (run: Run, value: Datum) => new Markup(toText(run, value))),
  striptags: native('value', stripTags),
  xmlattr: native('value, autospace?', xmlAttributes),
  urlize: native(
    'value, trim_url_limit?, nofollow?, target?, rel?, extra_schemes?',
    (run: Run, value: Datum, ...[limit, nofollow, target, rel, schemes]: readonly (Datum | undefined)[]) => {
      const text = linkUrls(toText(run, value), {
        limit: isAbsent(limit) ? undefined : integerArgument(run, limit, 'trim_url_limit'),
        rel: [
          flagArgument(nofollow) ? 'nofollow' : '',
          isAbsent(rel) ? '' : toText(run, rel),
          'noopener',
        ].join(' '),
        target: isAbsent(target) ? undefined : toText(run, target),
        schemes: isAbsent(schemes) ? [] : itemsOf(run, schemes).map((scheme) => schemeOf(run, scheme)),
      });
      return run.autoescape ? new Markup(text) : text;
    },
  ),
};
