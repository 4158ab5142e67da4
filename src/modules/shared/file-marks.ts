import { z } from 'zod';
import { shellQuote } from '../../lib/shell-quote.ts';
import { optionalText } from './text-params.ts';

/** Parameters for what a file system keeps of a file beside its mode: attributes and the label of SELinux. */
export const markParams = {
  attributes: z
    .string()
    .regex(/^[-+=]?[A-Za-z]*$/, { error: 'expected letters of chattr, with + or - or = before them' })
    .nullish()
    .transform((value) => value ?? undefined)
    .describe(
      'Attributes as chattr takes them: `+i` adds, `-i` takes away, `i` or `=i` sets exactly these (the letters that the file system itself sets stay).',
    ),
  seuser: optionalText().describe(
    'User of the SELinux label; `_default`: what the policy says. Without SELinux nothing is done.',
  ),
  serole: optionalText().describe('Role of the SELinux label; `_default` as for seuser.'),
  setype: optionalText().describe('Type of the SELinux label; `_default` as for seuser.'),
  selevel: optionalText().describe('Level of the SELinux label; `_default` as for seuser.'),
};

/** Other spellings of `markParams`. */
export const markAliases: Readonly<Record<string, string>> = { attr: 'attributes' };

const labelParts = ['seuser', 'serole', 'setype', 'selevel'] as const;

/** Which marks a file is to have; what is undefined stays as it is. */
export interface MarkWish {
  readonly attributes: string | undefined;
  /** User, role, type and level. */
  readonly label: readonly (string | undefined)[];
}

/** The marks that parameters ask for; undefined where they ask for none. */
export function marksOf(params: object): MarkWish | undefined {
  const text = (name: string): string | undefined => {
    const value: unknown = Object.hasOwn(params, name) ? Reflect.get(params, name) : undefined;
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const label = labelParts.map(text);
  const attributes = text('attributes');
  return attributes === undefined && label.every((part) => part === undefined)
    ? undefined
    : { attributes, label };
}

/** The marks that a probe found at a path, and with `recurse` below it. */
export interface FoundMarks {
  /** Absolute. */
  readonly path: string;
  /** Letters of `lsattr`, one text for each different set of them; none where they cannot be read. */
  readonly attributes: readonly string[];
  /** Labels, each different one once; undefined where SELinux is off. */
  readonly labels: readonly string[] | undefined;
  /** What the policy says the label is; empty where it is not known. */
  readonly defaultLabel: string;
}

/** The words of a diff: what is there and what will be. */
type Traits = Readonly<Record<string, string>>;

/** Commands that give a file its marks. Empty where it has them. */
export interface MarkChange {
  readonly code: readonly string[];
  readonly before: Traits;
  readonly after: Traits;
}

/**
 * Compares marks with what was found.
 *
 * @param about `isNew`: whether the file is about to be made or replaced, so that what was found counts no more.
 */
export function compareMarks(
  wish: MarkWish,
  found: FoundMarks,
  about: { readonly isNew: boolean; readonly isLink: boolean; readonly recurse: boolean },
): MarkChange {
  const parts = [attributeMark(wish, found, about), labelMark(wish, found, about)];
  return {
    code: parts.flatMap(({ code }) => code),
    before: Object.assign({}, ...parts.map(({ before }) => before)),
    after: Object.assign({}, ...parts.map(({ after }) => after)),
  };
}

type About = Parameters<typeof compareMarks>[2];
const unchanged: MarkChange = { code: [], before: {}, after: {} };

function attributeMark({ attributes: wish }: MarkWish, found: FoundMarks, about: About): MarkChange {
  // A link has no attributes of its own.
  if (wish === undefined || about.isLink) return unchanged;
  const sign = /^[-+=]/.exec(wish)?.[0] ?? '=';
  const letters = wish.replace(/^[-+=]/, '');
  const known = found.attributes;
  const hasAll = known.length > 0 && known.every((now) => isMet(now, sign, letters));
  if (hasAll && !about.isNew) return unchanged;
  const flags = about.recurse ? '-R ' : '';
  return {
    code: [`chattr ${flags}${shellQuote(sign + letters)} ${shellQuote(found.path)}`],
    ...(known.length === 0 || hasAll
      ? { before: {}, after: { attributes: sign + letters } }
      : { before: { attributes: known.join(' ') }, after: { attributes: sign + letters } }),
  };
}

/** Letters that the file system sets by itself. */
const ownLetters = /[EehIINV]/g;

function isMet(now: string, sign: string, letters: string): boolean {
  if (sign === '+') return [...letters].every((letter) => now.includes(letter));
  if (sign === '-') return ![...letters].some((letter) => now.includes(letter));
  const plain = (text: string) => [...text.replace(ownLetters, '')].sort().join('');
  return plain(now) === plain(letters) && [...letters].every((letter) => now.includes(letter));
}

function labelMark({ label }: MarkWish, found: FoundMarks, about: About): MarkChange {
  if (found.labels === undefined || label.every((part) => part === undefined)) return unchanged;
  const defaults = splitLabel(found.defaultLabel);
  const wanted = label.map((part, index) => (part === '_default' ? defaults[index] : part));
  const isSame = (now: string) => {
    const parts = splitLabel(now);
    return wanted.every((part, index) => part === undefined || part === parts[index]);
  };
  if (!about.isNew && found.labels.length > 0 && found.labels.every(isSame)) return unchanged;
  const words = wanted.flatMap((part, index) =>
    part === undefined ? [] : [`-${'urtl'.charAt(index)} ${shellQuote(part)}`],
  );
  if (words.length === 0) return unchanged;
  const flags = `${about.isLink ? '-h ' : ''}${about.recurse ? '-R ' : ''}`;
  const before = found.labels[0] ?? '';
  const after = splitLabel(before).map((part, index) => wanted[index] ?? part);
  return {
    code: [`chcon ${flags}${words.join(' ')} -- ${shellQuote(found.path)}`],
    before: before === '' ? {} : { secontext: before },
    after: { secontext: before === '' ? words.join(' ') : after.join(':') },
  };
}

/** User, role, type, level; a level may hold colons. */
function splitLabel(label: string): string[] {
  const [, ...parts] = /^([^:]*):([^:]*):([^:]*):?(.*)$/.exec(label) ?? [];
  return parts;
}
