/** A point in time to format. */
export interface TimeParts {
  /** Microseconds since 1970-01-01 00:00, in the zone shown. */
  readonly microseconds: number;
  /** What `%Z` shows. */
  readonly zone: string;
  /** What `%z` shows; undefined where there is no zone. */
  readonly offsetMinutes: number | undefined;
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const dayMs = 86_400_000;

function pad(value: number, width = 2, fill = '0'): string {
  return String(value).padStart(width, fill);
}

type Field = (date: Date, parts: TimeParts) => string;

/** What each letter behind `%` means. */
const fields: Readonly<Record<string, Field>> = {
  a: (d) => (days[d.getUTCDay()] ?? '').slice(0, 3),
  A: (d) => days[d.getUTCDay()] ?? '',
  b: (d) => (months[d.getUTCMonth()] ?? '').slice(0, 3),
  B: (d) => months[d.getUTCMonth()] ?? '',
  c: (d) => expand('%a %b %e %H:%M:%S %Y', d),
  C: (d) => pad(Math.floor(d.getUTCFullYear() / 100)),
  d: (d) => pad(d.getUTCDate()),
  D: (d) => expand('%m/%d/%y', d),
  e: (d) => pad(d.getUTCDate(), 2, ' '),
  g: (d) => pad(isoWeek(d).year % 100),
  f: (_d, parts) => pad(((parts.microseconds % 1_000_000) + 1_000_000) % 1_000_000, 6),
  F: (d) => expand('%Y-%m-%d', d),
  G: (d) => pad(isoWeek(d).year, 4),
  h: (d) => expand('%b', d),
  H: (d) => pad(d.getUTCHours()),
  I: (d) => pad(d.getUTCHours() % 12 || 12),
  j: (d) => pad(dayOfYear(d) + 1, 3),
  k: (d) => pad(d.getUTCHours(), 2, ' '),
  l: (d) => pad(d.getUTCHours() % 12 || 12, 2, ' '),
  m: (d) => pad(d.getUTCMonth() + 1),
  M: (d) => pad(d.getUTCMinutes()),
  n: () => '\n',
  p: (d) => (d.getUTCHours() < 12 ? 'AM' : 'PM'),
  r: (d) => expand('%I:%M:%S %p', d),
  R: (d) => expand('%H:%M', d),
  s: (_d, parts) => String(Math.floor(parts.microseconds / 1_000_000) - (parts.offsetMinutes ?? 0) * 60),
  S: (d) => pad(d.getUTCSeconds()),
  t: () => '\t',
  T: (d) => expand('%H:%M:%S', d),
  u: (d) => String(d.getUTCDay() || 7),
  U: (d) => pad(Math.floor((dayOfYear(d) + 7 - d.getUTCDay()) / 7)),
  V: (d) => pad(isoWeek(d).week),
  w: (d) => String(d.getUTCDay()),
  W: (d) => pad(Math.floor((dayOfYear(d) + 7 - ((d.getUTCDay() + 6) % 7)) / 7)),
  x: (d) => expand('%m/%d/%y', d),
  X: (d) => expand('%H:%M:%S', d),
  y: (d) => pad(d.getUTCFullYear() % 100),
  Y: (d) => String(d.getUTCFullYear()),
  z: (_d, { offsetMinutes }) => (offsetMinutes === undefined ? '' : showOffset(offsetMinutes)),
  Z: (_d, { zone }) => zone,
  '%': () => '%',
};

function showOffset(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}${pad(size % 60)}`;
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / dayMs);
}

/** The ISO week: that of the year which holds the week's Thursday. */
function isoWeek(date: Date): { year: number; week: number } {
  const thursday = new Date(date.getTime() + (3 - ((date.getUTCDay() + 6) % 7)) * dayMs);
  return { year: thursday.getUTCFullYear(), week: Math.floor(dayOfYear(thursday) / 7) + 1 };
}

function expand(format: string, date: Date): string {
  return formatTime(format, { microseconds: date.getTime() * 1_000, zone: '', offsetMinutes: undefined });
}

/** A point in time by a format of `strftime`, in the C locale. */
export function formatTime(format: string, parts: TimeParts): string {
  const date = new Date(Math.floor(parts.microseconds / 1_000));
  return format.replace(/%([-_0^]?)([A-Za-z%])/g, (whole, flag, letter) => {
    const field = Object.hasOwn(fields, letter) ? fields[letter] : undefined;
    if (field === undefined) return whole;
    const text = field(date, parts);
    if (flag === '-') return text.replace(/^[0 ]+(?=.)/, '');
    if (flag === '_') return text.replace(/^0+(?=.)/, (zeros: string) => ' '.repeat(zeros.length));
    return flag === '^' ? text.toUpperCase() : text;
  });
}

/** Patterns of what each letter behind `%` reads. */
const readers: Readonly<Record<string, string>> = {
  Y: '(?<year>\\d{4})',
  m: '(?<month>1[0-2]|0?[1-9])',
  d: '(?<day>3[01]|[12]\\d|0?[1-9])',
  H: '(?<hour>2[0-3]|[01]?\\d)',
  I: '(?<hour12>1[0-2]|0?[1-9])',
  M: '(?<minute>[0-5]?\\d)',
  S: '(?<second>6[01]|[0-5]?\\d)',
  f: '(?<fraction>\\d{1,6})',
  y: '(?<year2>\\d{2})',
  j: '(?<dayOfYear>\\d{1,3})',
  p: '(?<half>[AaPp][Mm])',
  b: `(?<monthName>${months.map((m) => m.slice(0, 3)).join('|')})`,
  B: `(?<monthName>${months.join('|')})`,
  a: `(?:${days.map((d) => d.slice(0, 3)).join('|')})`,
  A: `(?:${days.join('|')})`,
  z: '(?<zone>Z|[+-]\\d{2}:?\\d{2})',
  Z: '(?:UTC|GMT|[A-Z]{3,4})?',
  '%': '%',
};

/** Reads a time by a format of `strptime`: microseconds since 1970, or undefined where the text does not fit. */
export function parseTime(text: string, format: string): number | undefined {
  const whole = format.replaceAll('%F', '%Y-%m-%d').replaceAll('%T', '%H:%M:%S').replaceAll('%D', '%m/%d/%y');
  const source = whole.replace(/%(.)|\s+|[\s\S]/g, (part, letter) => {
    if (letter !== undefined) return readers[letter] ?? '(?!)';
    return /^\s/.test(part) ? '\\s+' : part.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
  });
  const found = new RegExp(`^${source}$`, 'i').exec(text)?.groups;
  return found === undefined ? (source === text ? 0 : undefined) : toMicroseconds(found);
}

function toMicroseconds(found: Readonly<Record<string, string | undefined>>): number | undefined {
  const number = (name: string, fallback: number) => Number(found[name] ?? fallback);
  const two = found['year2'];
  const year = two === undefined ? number('year', 1900) : Number(two) + (Number(two) < 69 ? 2000 : 1900);
  const name = found['monthName']?.toLowerCase();
  const month =
    name === undefined
      ? number('month', 1) - 1
      : months.findIndex((m) => m.toLowerCase().startsWith(name.slice(0, 3)));
  const afternoon = found['half']?.toLowerCase() === 'pm';
  const hour =
    found['hour12'] === undefined ? number('hour', 0) : (number('hour12', 12) % 12) + (afternoon ? 12 : 0);
  const day = number('day', 1);
  const date = new Date(Date.UTC(year, month, day, hour, number('minute', 0), number('second', 0)));
  date.setUTCFullYear(date.getUTCFullYear());
  if (date.getUTCDate() !== day) return undefined;
  return date.getTime() * 1_000 + Number((found['fraction'] ?? '0').padEnd(6, '0'));
}
