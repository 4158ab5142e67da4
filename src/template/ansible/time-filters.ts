import { flagArgument, isAbsent, numberArgument, parseFloatText } from '../arguments.ts';
import { Callable, type Datum, type Run } from '../datum.ts';
import type { EngineServices } from '../engine-types.ts';
import { callNative, type Native, native } from '../native.ts';
import { toText } from '../python/text.ts';
import { isText } from '../python/types.ts';
import { DateTime } from './date-time.ts';
import { formatTime, parseTime } from './strftime.ts';

/** `now(utc, fmt)`: the time as a date, or as text in a format of `strftime`. */
export function nowFunction(now: () => number): Callable {
  const declared = native('utc?, fmt?', (run: Run, utc?: Datum, format?: Datum) => {
    const timeMs = now();
    const offsetMinutes = flagArgument(utc) ? 0 : -new Date(timeMs).getTimezoneOffset();
    const microseconds = timeMs * 1_000 + offsetMinutes * 60_000_000;
    if (isAbsent(format) || format === '') return new DateTime(microseconds);
    return formatTime(toText(run, format), { microseconds, zone: '', offsetMinutes });
  });
  return new Callable('function now', (run, given) => callNative(run, '"now"', declared, given));
}

/** Ansible's filters on dates: `strftime` formats seconds since 1970, `to_datetime` reads text. */
export function timeFilters(services: EngineServices): Readonly<Record<string, Native>> {
  const now = services.now ?? Date.now;
  return {
    strftime: native('format, second?, utc?', (run: Run, format: Datum, second?: Datum, utc?: Datum) => {
      const seconds = isAbsent(second) ? now() / 1_000 : secondsOf(run, second);
      const offsetMinutes = flagArgument(utc) ? 0 : -new Date(seconds * 1_000).getTimezoneOffset();
      const microseconds = Math.floor(seconds * 1_000_000) + offsetMinutes * 60_000_000;
      const zone = flagArgument(utc) ? 'GMT' : offsetMinutes === 0 ? 'UTC' : zoneName(seconds * 1_000);
      // The C library, by which Ansible formats seconds, has no microseconds.
      const layout = toText(run, format).replace(/%[%f]/g, (letter) => (letter === '%f' ? '%%f' : letter));
      return formatTime(layout, { microseconds, zone, offsetMinutes });
    }),
    to_datetime: native('value, format?', (run: Run, value: Datum, format?: Datum) => {
      const layout = format === undefined ? '%Y-%m-%d %H:%M:%S' : toText(run, format);
      const text = toText(run, value);
      const microseconds = parseTime(text, layout);
      if (microseconds === undefined) throw run.fail(`"${text}" does not fit the format "${layout}"`);
      return new DateTime(microseconds);
    }),
  };
}

function secondsOf(run: Run, value: Datum): number {
  const seconds = isText(value) ? parseFloatText(toText(run, value)) : numberArgument(run, value, 'second');
  if (seconds === undefined || !Number.isFinite(seconds))
    throw run.fail(
      `Invalid value for epoch value (${toText(run, value)}): it is a number of seconds since 1970`,
    );
  return seconds;
}

function zoneName(timeMs: number): string {
  return /\(([^)]*)\)/.exec(new Date(timeMs).toString())?.[1]?.replace(/[a-z ]/g, '') ?? '';
}
