import { nearest } from '../lib/suggest.ts';
import type { Float, Secret, Value } from '../model/value.ts';
import { positionOf, type Site, TemplateError } from './errors.ts';

/** Anything a template expression can come to: a value of the model, or what lives only inside templates. */
export type Datum =
  | string
  | number
  | bigint
  | boolean
  | null
  | Float
  | Secret
  | Undefined
  | TemplateObject
  | readonly Datum[]
  | ReadonlyMap<Datum, Datum>
  | DatumMap;

/** A mapping with string keys, as the model writes it. */
export interface DatumMap {
  readonly [key: string]: Datum;
}

/** Arguments as a call passes them. */
export interface CallArguments {
  readonly positional: readonly Datum[];
  readonly named?: ReadonlyMap<string, Datum> | undefined;
}

/** What functions of the template language may ask of the rendering that calls them. */
export interface Run {
  /** The operation being carried out: where an error is said to be. */
  site: Site;
  /** The name of the secret whose text was read since this was last cleared. */
  revealed: string | undefined;
  /** Counts work. @throws TemplateError of kind `budget`. */
  step(count?: number): void;
  /** Counts text that is about to be made. @throws TemplateError of kind `budget`. */
  spend(characters: number): void;
  /** How long the rendering may still take, at least a millisecond. */
  timeLeftMs(): number;
  /** An error of kind `budget`, for the caller to throw. */
  overTime(message: string): TemplateError;
  /** An error at the present site, for the caller to throw. */
  fail(message: string): TemplateError;
  /** The text of a secret; what is made of it becomes secret. */
  reveal(secret: Secret): string;
  /** The text of a secret, for a caller who sees to it that what is made of it stays secret. */
  open(secret: Secret): string;
  callFilter(name: string, value: Datum, given: CallArguments): Datum;
  callTest(name: string, value: Datum, given: CallArguments): boolean;
  hasFilter(name: string): boolean;
  hasTest(name: string): boolean;
  /** Whether text printed now is escaped for HTML. */
  autoescape: boolean;
}

/** A Python tuple: a list that prints with parentheses and equals no list. */
export class Tuple extends Array<Datum> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

/** A tuple of the items given. */
export function tuple(items: Iterable<Datum>): Tuple {
  const result = new Tuple();
  for (const item of items) result.push(item);
  return result;
}

/** A name or attribute that does not exist. It chains under `.` and `[]`, and fails when it is used. */
export class Undefined {
  /** As the template reads it: `server.port`. */
  readonly name: string | undefined;
  /** What an inline `if` without `else` gives: empty text, no items, false. */
  readonly silent: boolean;
  readonly #hint: string | undefined;
  readonly #site: Site;
  readonly #candidates: () => Iterable<string>;
  readonly #cause: TemplateError | undefined;

  constructor(
    name: string | undefined,
    site: Site,
    details: {
      hint?: string | undefined;
      candidates?: () => Iterable<string>;
      silent?: boolean;
      cause?: TemplateError;
    } = {},
  ) {
    this.name = name;
    this.#site = site;
    this.#hint = details.hint;
    this.#candidates = details.candidates ?? (() => []);
    this.silent = details.silent ?? false;
    this.#cause = details.cause;
  }

  /** What a variable is whose own template used something undefined: using it throws that error. */
  static from(name: string, cause: TemplateError): Undefined {
    return new Undefined(name, { unit: { name: cause.template, text: '' }, offset: 0 }, { cause });
  }

  /** The error that using it throws. */
  toError(): TemplateError {
    if (this.#cause !== undefined) return this.#cause;
    const { name } = this;
    const last = name?.split('.').at(-1) ?? '';
    const guess = name === undefined ? undefined : nearest(last, this.#candidates());
    const message = this.#hint ?? `"${name}" is undefined`;
    return new TemplateError(guess === undefined ? message : `${message} — did you mean "${guess}"?`, {
      kind: 'undefined',
      position: positionOf(this.#site),
      name,
      suggestions: guess === undefined ? [] : [guess],
    });
  }
}

/** What exists only inside templates: functions, loops, macros, ranges. It has the attributes that it says, no others. */
export abstract class TemplateObject {
  /** The name of its type as messages and `type_debug` say it. */
  abstract readonly typeName: string;
  /** Its text when printed. */
  abstract show(run: Run): string;

  attribute(_name: string): Datum | undefined {
    return undefined;
  }

  item(_key: Datum): Datum | undefined {
    return undefined;
  }

  /** Its items, if it has any. */
  iterate(_run: Run): Iterable<Datum> | undefined {
    return undefined;
  }

  get size(): number | undefined {
    return undefined;
  }

  get isCallable(): boolean {
    return false;
  }

  call(run: Run, _given: CallArguments): Datum {
    throw run.fail(`a ${this.typeName} cannot be called`);
  }
}

/** A function of ours that templates can call. */
export class Callable extends TemplateObject {
  readonly typeName = 'function';
  readonly name: string;
  readonly #invoke: (run: Run, given: CallArguments) => Datum;

  constructor(name: string, invoke: (run: Run, given: CallArguments) => Datum) {
    super();
    this.name = name;
    this.#invoke = invoke;
  }

  show(): string {
    return `<${this.name}>`;
  }

  override get isCallable(): boolean {
    return true;
  }

  override call(run: Run, given: CallArguments): Datum {
    return this.#invoke(run, given);
  }
}

/** Text that is HTML already: escaping leaves it as it is. */
export class Markup extends TemplateObject {
  readonly typeName = 'Markup';
  readonly text: string;

  constructor(text: string) {
    super();
    this.text = text;
  }

  show(): string {
    return this.text;
  }
}

/** Bytes, as `encode` makes them. */
export class Bytes extends TemplateObject {
  readonly typeName = 'bytes';
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    super();
    this.bytes = bytes;
  }

  show(): string {
    let text = '';
    for (const byte of this.bytes) text += showByte(byte);
    const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
    return `b${quote}${quote === "'" ? text.replaceAll("'", "\\'") : text}${quote}`;
  }

  override get size(): number {
    return this.bytes.length;
  }

  override iterate(): Iterable<Datum> {
    return this.bytes;
  }
}

const byteEscapes: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 92: '\\\\' };

function showByte(byte: number): string {
  const short = byteEscapes[byte];
  if (short !== undefined) return short;
  return byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** A value, or what `make` gives where there is none. None is a value, so `??` would not do. */
export function orElse(value: Datum | undefined, make: () => Datum): Datum {
  return value === undefined ? make() : value;
}

/** A value of the model as a template sees it. */
export function asDatum(value: Value): Datum {
  // Every value is a datum; TypeScript takes the two kinds of map to be unrelated.
  return value as Datum;
}
