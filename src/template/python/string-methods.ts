import { flagArgument, integerArgument, isAbsent, textArgument } from '../arguments.ts';
import { Bytes, type Datum, type Run, Tuple, tuple } from '../datum.ts';
import { lenient, type Native, native } from '../native.ts';
import { isDict, type OwnDict, ownDict } from './dict.ts';
import { encodeText } from './encode-text.ts';
import { pad } from './format-number.ts';
import { itemsOf, textLength } from './iterate.ts';
import { characterMethods } from './string-classes.ts';
import { split, splitLines, splitRight, stripText } from './string-split.ts';
import { toText } from './text.ts';
import { isText, typeName } from './types.ts';

/** The methods of `str`. The first parameter is the text itself. */
export const stringMethods: Readonly<Record<string, Native>> = {
  ...characterMethods,
  split: native('self, sep?, maxsplit?', (run: Run, self: string, sep?: Datum, max?: Datum) =>
    split(run, self, separator(run, sep), integerArgument(run, max, 'maxsplit', -1)),
  ),
  rsplit: native('self, sep?, maxsplit?', (run: Run, self: string, sep?: Datum, max?: Datum) =>
    splitRight(run, self, separator(run, sep), integerArgument(run, max, 'maxsplit', -1)),
  ),
  splitlines: native('self, keepends?', (_run: Run, self: string, keep?: Datum) =>
    splitLines(self, flagArgument(keep)),
  ),
  strip: native('self, chars?', (run: Run, self: string, chars?: Datum) =>
    stripText(self, characters(run, chars), 'both'),
  ),
  lstrip: native('self, chars?', (run: Run, self: string, chars?: Datum) =>
    stripText(self, characters(run, chars), 'start'),
  ),
  rstrip: native('self, chars?', (run: Run, self: string, chars?: Datum) =>
    stripText(self, characters(run, chars), 'end'),
  ),
  join: native('self, iterable', joinText),
  replace: native(
    'self, old, new, count?',
    (run: Run, self: string, old: Datum, fresh: Datum, count?: Datum) =>
      replaceText(
        run,
        self,
        textArgument(run, old, 'old'),
        textArgument(run, fresh, 'new'),
        integerArgument(run, count, 'count', -1),
      ),
  ),
  startswith: native(
    'self, prefix, start?, end?',
    (run: Run, self: string, prefix: Datum, start?: Datum, end?: Datum) =>
      affixes(run, prefix, 'prefix').some((text) => part(run, self, start, end).startsWith(text)),
  ),
  endswith: native(
    'self, suffix, start?, end?',
    (run: Run, self: string, suffix: Datum, start?: Datum, end?: Datum) =>
      affixes(run, suffix, 'suffix').some((text) => part(run, self, start, end).endsWith(text)),
  ),
  removeprefix: native('self, prefix', (run: Run, self: string, prefix: Datum) => {
    const text = textArgument(run, prefix, 'prefix');
    return self.startsWith(text) ? self.slice(text.length) : self;
  }),
  removesuffix: native('self, suffix', (run: Run, self: string, suffix: Datum) => {
    const text = textArgument(run, suffix, 'suffix');
    return text !== '' && self.endsWith(text) ? self.slice(0, -text.length) : self;
  }),
  find: native('self, sub, start?, end?', (run: Run, self: string, sub: Datum, start?: Datum, end?: Datum) =>
    find(run, self, sub, start, end, false),
  ),
  rfind: native('self, sub, start?, end?', (run: Run, self: string, sub: Datum, start?: Datum, end?: Datum) =>
    find(run, self, sub, start, end, true),
  ),
  index: native('self, sub, start?, end?', (run: Run, self: string, sub: Datum, start?: Datum, end?: Datum) =>
    mustFind(run, find(run, self, sub, start, end, false)),
  ),
  rindex: native(
    'self, sub, start?, end?',
    (run: Run, self: string, sub: Datum, start?: Datum, end?: Datum) =>
      mustFind(run, find(run, self, sub, start, end, true)),
  ),
  count: native(
    'self, sub, start?, end?',
    (run: Run, self: string, sub: Datum, start?: Datum, end?: Datum) => {
      const text = textArgument(run, sub, 'sub');
      const whole = part(run, self, start, end);
      return text === '' ? textLength(whole) + 1 : whole.split(text).length - 1;
    },
  ),
  partition: native('self, sep', (run: Run, self: string, sep: Datum) => {
    const text = mustSeparate(run, sep);
    const at = self.indexOf(text);
    return tuple(at === -1 ? [self, '', ''] : [self.slice(0, at), text, self.slice(at + text.length)]);
  }),
  rpartition: native('self, sep', (run: Run, self: string, sep: Datum) => {
    const text = mustSeparate(run, sep);
    const at = self.lastIndexOf(text);
    return tuple(at === -1 ? ['', '', self] : [self.slice(0, at), text, self.slice(at + text.length)]);
  }),
  ljust: native('self, width, fillchar?', (run: Run, self: string, width: Datum, fill?: Datum) =>
    justify(run, self, width, fill, '<'),
  ),
  rjust: native('self, width, fillchar?', (run: Run, self: string, width: Datum, fill?: Datum) =>
    justify(run, self, width, fill, '>'),
  ),
  center: native('self, width, fillchar?', (run: Run, self: string, width: Datum, fill?: Datum) => {
    const size = integerArgument(run, width, 'width');
    const missing = size - textLength(self);
    // Python puts the odd blank on the left where the width is odd.
    const left = Math.floor(missing / 2) + (missing & size & 1);
    if (missing <= 0) return self;
    return justify(run, justify(run, self, textLength(self) + left, fill, '>'), size, fill, '<');
  }),
  zfill: native('self, width', (run: Run, self: string, width: Datum) => {
    const size = integerArgument(run, width, 'width');
    run.spend(Math.max(0, size));
    const sign = /^[-+]/.exec(self)?.[0] ?? '';
    return sign + self.slice(sign.length).padStart(size - sign.length, '0');
  }),
  expandtabs: native('self, tabsize?', (run: Run, self: string, size?: Datum) =>
    expandTabs(run, self, integerArgument(run, size, 'tabsize', 8)),
  ),
  encode: native(
    'self, encoding?, errors?',
    (run: Run, self: string, encoding?: Datum) =>
      new Bytes(encodeText(run, self, textArgument(run, encoding, 'encoding', 'utf-8'))),
  ),
  translate: native('self, table', translate),
  format_map: lenient('self, mapping', (run: Run) => {
    throw run.fail('"format_map" is not available; use "format"');
  }),
};

/** Replaces every occurrence, or the first `count` of them where it is not negative. */
export function replaceText(run: Run, text: string, old: string, fresh: string, count: number): string {
  const parts = old === '' ? ['', ...text, ''] : text.split(old);
  const limit = count < 0 ? parts.length - 1 : Math.min(count, parts.length - 1);
  run.spend(text.length + fresh.length * limit);
  if (limit === parts.length - 1) return parts.join(fresh);
  return (
    parts.slice(0, limit + 1).join(fresh) +
    (limit < parts.length - 1 ? old : '') +
    parts.slice(limit + 1).join(old)
  );
}

function separator(run: Run, value: Datum | undefined): string | undefined {
  return isAbsent(value) ? undefined : mustSeparate(run, value);
}

function mustSeparate(run: Run, value: Datum): string {
  const text = textArgument(run, value, 'sep');
  if (text === '') throw run.fail('the separator is empty');
  return text;
}

function characters(run: Run, value: Datum | undefined): string | undefined {
  return isAbsent(value) ? undefined : textArgument(run, value, 'chars');
}

function joinText(run: Run, self: string, iterable: Datum): string {
  const parts = itemsOf(run, iterable).map((item, i) => {
    if (!isText(item) && typeName(item) !== 'str')
      throw run.fail(`item ${i} to join is of type ${typeName(item)}, not text`);
    const text = toText(run, item);
    run.spend(text.length + self.length);
    return text;
  });
  return parts.join(self);
}

function affixes(run: Run, value: Datum, name: string): string[] {
  if (value instanceof Tuple) return value.map((item) => textArgument(run, item, name));
  return [textArgument(run, value, name)];
}

function part(run: Run, text: string, start: Datum | undefined, end: Datum | undefined): string {
  if (isAbsent(start) && isAbsent(end)) return text;
  const characters = [...text];
  const from = isAbsent(start) ? 0 : integerArgument(run, start, 'start');
  const to = isAbsent(end) ? characters.length : integerArgument(run, end, 'end');
  return characters.slice(from, to).join('');
}

function find(
  run: Run,
  text: string,
  sub: Datum,
  start: Datum | undefined,
  end: Datum | undefined,
  last: boolean,
): number {
  const wanted = textArgument(run, sub, 'sub');
  const within = part(run, text, start, end);
  const at = last ? within.lastIndexOf(wanted) : within.indexOf(wanted);
  if (at === -1) return -1;
  const from = isAbsent(start) ? 0 : integerArgument(run, start, 'start');
  const size = textLength(text);
  return (from < 0 ? Math.max(0, from + size) : from) + textLength(within.slice(0, at));
}

function mustFind(run: Run, at: number): number {
  if (at === -1) throw run.fail('the text was not found');
  return at;
}

function justify(run: Run, text: string, width: Datum, fill: Datum | undefined, align: string): string {
  const size = integerArgument(run, width, 'width');
  run.spend(Math.max(0, size));
  const filler = textArgument(run, fill, 'fillchar', ' ');
  if (textLength(filler) !== 1) throw run.fail('"fillchar" must be one character');
  return pad(text, size, align, filler);
}

function expandTabs(run: Run, text: string, size: number): string {
  let column = 0;
  let result = '';
  for (const character of text) {
    const width = size > 0 ? size - (column % size) : 0;
    result += character === '\t' ? ' '.repeat(width) : character;
    column = character === '\n' || character === '\r' ? 0 : column + (character === '\t' ? width : 1);
    run.spend(1 + width);
  }
  return result;
}

function translate(run: Run, self: string, table: Datum): string {
  if (!isDict(table)) throw run.fail('"table" must be a mapping');
  const map: OwnDict = ownDict(table);
  return [...self]
    .map((c) => {
      const replacement = map.get(c.codePointAt(0) ?? 0);
      if (replacement === undefined) return c;
      if (replacement === null) return '';
      return typeof replacement === 'number' ? String.fromCodePoint(replacement) : toText(run, replacement);
    })
    .join('');
}
