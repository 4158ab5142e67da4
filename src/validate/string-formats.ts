import { isIPv4, isIPv6 } from 'node:net';

const date = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const time = /^(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';

function isDate(text: string): boolean {
  // A day that its month does not have is moved into the next month.
  return date.test(text) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
}

function isRegex(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}

/** The formats of text that JSON Schemas of `params` may name. */
export const stringFormats: Readonly<Record<string, RegExp | ((text: string) => boolean)>> = {
  date: isDate,
  time,
  'date-time': (text) =>
    isDate(text.slice(0, 10)) && /^[Tt ]/.test(text[10] ?? '') && time.test(text.slice(11)),
  email: /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
  hostname: new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})*$`),
  ipv4: isIPv4,
  ipv6: isIPv6,
  uri: (text) => /^[A-Za-z][A-Za-z0-9+.-]*:/.test(text) && URL.canParse(text),
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  regex: isRegex,
};
