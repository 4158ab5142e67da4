import { shellQuote } from '../../lib/shell-quote.ts';
import type { StatFields } from './stat-line.ts';

/** `preserve`, `now`, or a time in the request's format. */
export interface TimeWish {
  readonly access_time?: string | undefined;
  readonly access_time_format: string;
  readonly modification_time?: string | undefined;
  readonly modification_time_format: string;
}

/** What has to be done for times. */
export interface TimeChange {
  readonly code: readonly string[];
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
}

const directives: Readonly<Record<string, string>> = {
  Y: '(?<year>\\d{4})',
  m: '(?<month>\\d{2})',
  d: '(?<day>\\d{2})',
  H: '(?<hour>\\d{2})',
  M: '(?<minute>\\d{2})',
  S: '(?<second>\\d{2})',
};

/**
 * Reads a time in a format of `%Y %m %d %H %M %S`.
 *
 * @returns the time as `2026-01-31 23:59:59`, or undefined when it does not fit the format.
 */
export function readClock(text: string, format: string): string | undefined {
  let source = '';
  for (const [piece] of format.matchAll(/%[\s\S]|[\s\S]/g)) {
    if (piece.length === 1) source += piece.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    else if (piece === '%%') source += '%';
    else source += directives[piece.charAt(1)] ?? '(?!)';
  }
  const found = new RegExp(`^${source}$`).exec(text)?.groups;
  if (!found) return undefined;
  const { year = '1900', month = '01', day = '01', hour = '00', minute = '00', second = '00' } = found;
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
}

/** Compares the times of a file with a wish. Times are those of the host's clock and zone. */
export function timeCode(wish: TimeWish, path: string, stat: StatFields | undefined): TimeChange {
  const access = oneTime(wish.access_time, wish.access_time_format, stat?.atimeText);
  const modification = oneTime(wish.modification_time, wish.modification_time_format, stat?.mtimeText);
  const code: string[] = [];
  if (access !== undefined && access === modification) code.push(touch('', access, path));
  else {
    if (access !== undefined) code.push(touch('-a', access, path));
    if (modification !== undefined) code.push(touch('-m', modification, path));
  }
  return {
    code,
    before: {
      ...(access === undefined ? {} : { atime: stat?.atimeText ?? '' }),
      ...(modification === undefined ? {} : { mtime: stat?.mtimeText ?? '' }),
    },
    after: {
      ...(access === undefined ? {} : { atime: access }),
      ...(modification === undefined ? {} : { mtime: modification }),
    },
  };
}

/** The time that has to be set; undefined when nothing has to be. */
function oneTime(wish: string | undefined, format: string, now: string | undefined): string | undefined {
  if (wish === undefined || wish === 'preserve') return undefined;
  if (wish === 'now') return 'now';
  const clock = readClock(wish, format);
  return clock === now ? undefined : clock;
}

function touch(which: string, clock: string, path: string): string {
  const [, year, month, day, hour, minute, second] =
    /^(\d+)-(\d+)-(\d+) (\d+):(\d+):(\d+)$/.exec(clock) ?? [];
  const stamp = clock === 'now' ? '' : `-t ${year}${month}${day}${hour}${minute}.${second}`;
  return ['touch -c', which, stamp, '--', shellQuote(path)].filter((word) => word !== '').join(' ');
}
