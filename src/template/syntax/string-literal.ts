const simpleEscapes: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const escapePattern = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g;

/**
 * The content of a string literal, escapes resolved as Python resolves them: an unknown escape such as `\d` stays as
 * it is written.
 *
 * @returns undefined when an escape is incomplete (`\x1`), which Python refuses.
 */
export function unescapeString(raw: string): string | undefined {
  if (!raw.includes('\\')) return raw;
  let broken = false;
  const text = raw.replace(escapePattern, (whole, octal, hex, short, long, other) => {
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    const code = hex ?? short ?? long;
    if (code !== undefined) {
      const point = Number.parseInt(code, 16);
      if (point > 0x10ffff) broken = true;
      return point > 0x10ffff ? '' : String.fromCodePoint(point);
    }
    if (other === 'x' || other === 'u' || other === 'U' || other === 'N') broken = true;
    return simpleEscapes[other] ?? whole;
  });
  return broken ? undefined : text;
}
