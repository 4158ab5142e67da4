import type { Run } from '../datum.ts';
import { type Native, native } from '../native.ts';

/** `"hello-world x"` to `"Hello-World X"`: each run of letters begins with a capital. */
function titleCase(text: string): string {
  return text.replace(/\p{L}+/gu, (word) => capitalize(word));
}

/** The first character upper case, the others lower case. */
export function capitalize(text: string): string {
  const [first = '', ...rest] = text;
  const [head = '', ...tail] = first.toUpperCase();
  return head + tail.join('').toLowerCase() + rest.join('').toLowerCase();
}

function swapCase(text: string): string {
  return [...text].map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join('');
}

function only(pattern: RegExp): Native {
  return native('self', (_run: Run, self: string) => pattern.test(self));
}

function change(fn: (text: string) => string): Native {
  return native('self', (_run: Run, self: string) => fn(self));
}

/** Methods of `str` that look at or change the kind of its characters. */
export const characterMethods: Readonly<Record<string, Native>> = {
  upper: change((text) => text.toUpperCase()),
  lower: change((text) => text.toLowerCase()),
  casefold: change((text) => text.toLowerCase().replaceAll('ß', 'ss')),
  title: change(titleCase),
  capitalize: change(capitalize),
  swapcase: change(swapCase),
  isdigit: only(/^[\p{Nd}²³¹⁰-⁹₀-₉]+$/u),
  isdecimal: only(/^\p{Nd}+$/u),
  isnumeric: only(/^[\p{Nd}\p{Nl}\p{No}]+$/u),
  isalpha: only(/^\p{L}+$/u),
  isalnum: only(/^[\p{L}\p{Nd}\p{Nl}\p{No}]+$/u),
  isspace: only(/^\s+$/u),
  isascii: only(/^[\x00-\x7f]*$/),
  isidentifier: only(/^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*$/u),
  isprintable: only(/^(?: |[^\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}])*$/u),
  isupper: native(
    'self',
    (_run: Run, self: string) => self === self.toUpperCase() && self !== self.toLowerCase(),
  ),
  islower: native(
    'self',
    (_run: Run, self: string) => self === self.toLowerCase() && self !== self.toUpperCase(),
  ),
  istitle: native(
    'self',
    (_run: Run, self: string) => self === titleCase(self) && /[\p{Lu}\p{Ll}\p{Lt}]/u.test(self),
  ),
};
