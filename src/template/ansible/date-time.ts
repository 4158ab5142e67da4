import { Callable, type Datum, type Run, TemplateObject } from '../datum.ts';
import { float } from '../python/number.ts';
import { toText } from '../python/text.ts';
import { formatTime, type TimeParts } from './strftime.ts';

const millisecondsPerDay = 86_400_000;

/** A point in time without a zone, to the microsecond: what `to_datetime` gives. */
export class DateTime extends TemplateObject {
  readonly typeName = 'datetime';
  /** Microseconds since 1970-01-01 00:00, as if in UTC. */
  readonly #microseconds: number;

  constructor(microseconds: number) {
    super();
    this.#microseconds = microseconds;
  }

  get microseconds(): number {
    return this.#microseconds;
  }

  show(): string {
    return this.#iso(' ');
  }

  compareTo(other: unknown): number | undefined {
    return other instanceof DateTime ? this.#microseconds - other.#microseconds : undefined;
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
          () => new DateTime(this.#microseconds - (this.#microseconds % (millisecondsPerDay * 1_000))),
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

/** The difference of two points in time. */
class TimeDelta extends TemplateObject {
  readonly typeName = 'timedelta';
  readonly microseconds: number;

  constructor(microseconds: number) {
    super();
    this.microseconds = microseconds;
  }

  get #days(): number {
    return Math.floor(this.microseconds / (millisecondsPerDay * 1_000));
  }

  get #rest(): number {
    return this.microseconds - this.#days * millisecondsPerDay * 1_000;
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
