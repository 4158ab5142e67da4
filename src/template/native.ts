import { Secret } from '../model/value.ts';
import { type CallArguments, type Datum, Markup, type Run, Tuple, tuple, Undefined } from './datum.ts';
import { isDict, ownDict } from './python/dict.ts';

interface NativeParameter {
  readonly name: string;
  readonly required: boolean;
}

/** A function of ours: a filter, test, method or global, with the names of its parameters. */
export interface Native {
  readonly parameters: readonly NativeParameter[];
  /** Takes any number of further positional arguments, as a list. */
  readonly rest: boolean;
  /** Takes any further named arguments, as a map. */
  readonly restNamed: boolean;
  /** Takes undefined values without failing. */
  readonly lenient: boolean;
  readonly body: (run: Run, ...values: (Datum | undefined)[]) => Datum;
}

// The binder passes a value for each required parameter, so a body may declare those without `undefined`;
// TypeScript cannot see that, hence `never[]`.
type NativeBody = (run: Run, ...values: never[]) => Datum;

/**
 * Declares a function. The signature lists its parameters: `value, old, new, count?`; `*rest` gathers further
 * positional arguments into a list, `**named` further named ones into a mapping. Undefined arguments fail the call.
 */
export function native(signature: string, body: NativeBody): Native {
  return declare(signature, body, false);
}

/** As `native`, for a function that looks at undefined values itself. */
export function lenient(signature: string, body: NativeBody): Native {
  return declare(signature, body, true);
}

function declare(signature: string, body: NativeBody, isLenient: boolean): Native {
  const words = signature.split(',').map((word) => word.trim());
  const names = words.filter((word) => word !== '' && !word.startsWith('*'));
  return {
    parameters: names.map((name) => ({ name: name.replace('?', ''), required: !name.endsWith('?') })),
    rest: words.some((word) => /^\*[a-z]/.test(word)),
    restNamed: words.some((word) => word.startsWith('**')),
    lenient: isLenient,
    body: body as Native['body'],
  };
}

/**
 * Calls a function of ours. Secrets among the arguments are passed as their text, and the texts in the result are
 * secret then; so are they when the function read the text of a secret deeper inside.
 */
export function callNative(run: Run, what: string, fn: Native, given: CallArguments): Datum {
  const before = run.revealed;
  run.revealed = undefined;
  try {
    const values = bind(run, what, fn, given);
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (value instanceof Secret) values[i] = run.reveal(value);
      else if (value instanceof Undefined && !fn.lenient) throw value.toError();
    }
    run.step();
    const result = fn.body(run, ...values);
    return run.revealed === undefined ? result : seal(result, run.revealed);
  } finally {
    run.revealed = before;
  }
}

/** Makes every text in a value secret. Numbers and booleans stay as they are. */
export function seal(value: Datum, name: string): Datum {
  if (typeof value === 'string') return value === '' ? value : new Secret(value, name);
  if (value instanceof Markup) return new Secret(value.text, name);
  if (value instanceof Tuple) return tuple(value.map((item) => seal(item, name)));
  if (Array.isArray(value)) return value.map((item) => seal(item, name));
  if (!isDict(value)) return value;
  const sealed = ownDict(value);
  for (const [key, item] of sealed) sealed.set(key, seal(item, name));
  return sealed;
}

function bind(run: Run, what: string, fn: Native, given: CallArguments): (Datum | undefined)[] {
  const { parameters } = fn;
  const { positional, named } = given;
  if (positional.length > parameters.length && !fn.rest) {
    throw run.fail(
      `${what} takes at most ${parameters.length - 1} arguments, ${positional.length - 1} given`,
    );
  }
  const values: (Datum | undefined)[] = positional.slice(0, parameters.length);
  while (values.length < parameters.length) values.push(undefined);
  const extra = named === undefined || named.size === 0 ? undefined : bindNamed(run, what, fn, values, named);
  for (let i = 0; i < parameters.length; i++) {
    const parameter = parameters[i];
    if (parameter?.required === true && values[i] === undefined)
      throw run.fail(`${what} needs "${parameter.name}"`);
  }
  if (fn.rest) values.push(positional.slice(parameters.length));
  if (fn.restNamed) values.push(extra ?? new Map<Datum, Datum>());
  return values;
}

function bindNamed(
  run: Run,
  what: string,
  fn: Native,
  values: (Datum | undefined)[],
  named: ReadonlyMap<string, Datum>,
): Map<Datum, Datum> {
  const extra = new Map<Datum, Datum>();
  for (const [name, value] of named) {
    const index = fn.parameters.findIndex((p) => p.name === name);
    if (index === -1) {
      if (!fn.restNamed) throw run.fail(`${what} takes no argument "${name}"${listNames(fn)}`);
      extra.set(name, value);
    } else {
      if (values[index] !== undefined) throw run.fail(`${what} was given "${name}" twice`);
      values[index] = value;
    }
  }
  return extra;
}

function listNames(fn: Native): string {
  const names = fn.parameters.slice(1).map((p) => `"${p.name}"`);
  return names.length === 0 ? '' : `; it takes ${names.join(', ')}`;
}
