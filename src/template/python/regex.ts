import type { Run } from '../datum.ts';
import { translatePattern } from './regex-translate.ts';

const cache = new Map<string, RegExp>();
const maxCached = 1_000;

/**
 * A Python regular expression as a JavaScript one.
 *
 * @param flags `i`, `m` and `s` as Python means them; `g` and `y` as JavaScript does.
 * @throws TemplateError when it is no regular expression, or uses what JavaScript has not.
 */
export function toJsRegExp(run: Run, pattern: string, flags: string): RegExp {
  const key = `${flags}/${pattern}`;
  const known = cache.get(key);
  if (known !== undefined) {
    known.lastIndex = 0;
    return known;
  }
  const { source, ignoreCase } = translatePattern(pattern, {
    ignoreCase: flags.includes('i'),
    multiline: flags.includes('m'),
    dotAll: flags.includes('s'),
  });
  const made = compile(source, `${flags.replace(/[ims]/g, '')}${ignoreCase ? 'i' : ''}u`);
  if (made === undefined) throw run.fail(`"${pattern}" is no regular expression`);
  if (cache.size >= maxCached) cache.clear();
  cache.set(key, made);
  return made;
}

function compile(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

/** The text that a replacement makes of a match: `\1`, `\g<1>` and `\g<name>` are the groups. */
export function expandReplacement(run: Run, replacement: string, match: RegExpMatchArray): string {
  return replacement.replace(
    /\\(?:g<(\w+)>|(0[0-7]{0,2})|(\d{1,2})|([\s\S]))/g,
    (whole, name, octal, digits, letter) => {
      const group = name ?? digits;
      if (group !== undefined) return groupOf(run, match, group) ?? '';
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      const escapes: Readonly<Record<string, string>> = {
        n: '\n',
        t: '\t',
        r: '\r',
        f: '\f',
        v: '\v',
        a: '\x07',
        b: '\b',
        '\\': '\\',
      };
      const known = escapes[letter];
      if (known === undefined && /[A-Za-z]/.test(letter))
        throw run.fail(`"\\${letter}" is no escape of a replacement`);
      return known ?? whole;
    },
  );
}

/** The text of a group, by number or name; empty where it took no part. */
export function groupOf(run: Run, match: RegExpMatchArray, group: string): string | undefined {
  if (/^\d+$/.test(group)) {
    const index = Number(group);
    if (index >= match.length) throw run.fail(`the regular expression has no group ${index}`);
    return match[index];
  }
  const groups = match.groups ?? {};
  if (!Object.hasOwn(groups, group)) throw run.fail(`the regular expression has no group "${group}"`);
  return groups[group];
}
