import { Callable, type Datum, type Run, TemplateObject } from '../datum.ts';
import { float } from '../python/number.ts';
import { toText } from '../python/text.ts';
import { formatTime, type TimeParts } from './strftime.ts';

const microsecondsPerDay = 86_400_000_000;

/** A point in time without a zone, to the microsecond: what `to_datetime` gives. */
export class DateTime extends TemplateObject {
  readonly typeName = 'datetime';
  /** Microseconds since 1970-01-01 00:00, as if in UTC. */
  readonly #microseconds: number;

  constructor(microseconds: number) {
    super();
    this.#microseconds = microseconds;
  }

  /** Whether only the day is known: what `date()` gives. */
  get isDate(): boolean {
    return false;
  }

  get microseconds(): number {
    return this.#microseconds;
  }

  show(): string {
    return this.#iso(' ');
  }

  compareTo(other: unknown): number | undefined {
    const isAlike = other instanceof DateTime && other.isDate === this.isDate;
    return isAlike ? this.#microseconds - other.#microseconds : undefined;
  }

  subtract(other: TemplateObject): Datum | undefined {
    if (other instanceof DateTime) return new TimeDelta(this.#microseconds - other.#microseconds);
    return other instanceof TimeDelta ? new DateTime(this.#microseconds - other.microseconds) : undefined;
  }

  override attribute(name: string): Datum | undefined {
    const date = new Date(Math.floor(this.#microseconds / 1_000));
    const fields: Readonly<Record<string, number>> = {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      microsecond: ((this.#microseconds % 1_000_000) + 1_000_000) % 1_000_000,
    };
    if (Object.hasOwn(fields, name)) return fields[name];
    switch (name) {
      case 'isoformat':
        return new Callable(name, () => this.#iso('T'));
      case 'strftime':
        return new Callable(name, (run, { positional }) => this.#format(run, positional[0]));
      case 'timestamp':
        return new Callable(name, () => float(this.#microseconds / 1_000_000));
      case 'weekday':
        return new Callable(name, () => (date.getUTCDay() + 6) % 7);
      case 'isoweekday':
        return new Callable(name, () => date.getUTCDay() || 7);
      case 'date':
        return new Callable(
          name,
          () => new CalendarDate(Math.floor(this.#microseconds / microsecondsPerDay) * microsecondsPerDay),
        );
      default:
        return undefined;
    }
  }

  #iso(separator: string): string {
    const [whole = ''] = new Date(Math.floor(this.#microseconds / 1_000)).toISOString().split('.');
    const fraction = ((this.#microseconds % 1_000_000) + 1_000_000) % 1_000_000;
    return whole.replace('T', separator) + (fraction === 0 ? '' : `.${String(fraction).padStart(6, '0')}`);
  }

  #format(run: Run, format: Datum | undefined): string {
    if (format === undefined) throw run.fail('"strftime" needs a format');
    const parts: TimeParts = { microseconds: this.#microseconds, zone: '', offsetMinutes: undefined };
    return formatTime(toText(run, format), parts);
  }
}

/** A day without a time. */
class CalendarDate extends DateTime {
  override get isDate(): boolean {
    return true;
  }

  override show(): string {
    return new Date(this.microseconds / 1_000).toISOString().slice(0, 10);
  }

  override attribute(name: string): Datum | undefined {
    if (name === 'isoformat') return new Callable(name, () => this.show());
    return ['hour', 'minute', 'second', 'microsecond', 'timestamp', 'date'].includes(name)
      ? undefined
      : super.attribute(name);
  }
}

/** The difference of two points in time. */
class TimeDelta extends TemplateObject {
  readonly typeName = 'timedelta';
  readonly microseconds: number;

  constructor(microseconds: number) {
    super();
    this.microseconds = microseconds;
  }

  get #days(): number {
    return Math.floor(this.microseconds / microsecondsPerDay);
  }

  get #rest(): number {
    return this.microseconds - this.#days * microsecondsPerDay;
  }

  show(): string {
    const days = this.#days;
    const seconds = Math.floor(this.#rest / 1_000_000);
    const fraction = this.#rest % 1_000_000;
    const pad = (value: number) => String(value).padStart(2, '0');
    const clock = `${Math.floor(seconds / 3_600)}:${pad(Math.floor((seconds % 3_600) / 60))}:${pad(seconds % 60)}`;
    const text = fraction === 0 ? clock : `${clock}.${String(fraction).padStart(6, '0')}`;
    return days === 0 ? text : `${days} day${Math.abs(days) === 1 ? '' : 's'}, ${text}`;
  }

  compareTo(other: unknown): number | undefined {
    return other instanceof TimeDelta ? this.microseconds - other.microseconds : undefined;
  }

  override attribute(name: string): Datum | undefined {
    switch (name) {
      case 'days':
        return this.#days;
      case 'seconds':
        return Math.floor(this.#rest / 1_000_000);
      case 'microseconds':
        return this.#rest % 1_000_000;
      case 'total_seconds':
        return new Callable(name, () => float(this.microseconds / 1_000_000));
      default:
        return undefined;
    }
  }
}
