import { flagArgument, integerArgument, isAbsent, textArgument } from './arguments.ts';
import { Namespace } from './compile/namespace.ts';
import { type CallArguments, Callable, type Datum, type Run, TemplateObject, Undefined } from './datum.ts';
import { randomIndex } from './filters/random.ts';
import { callNative, type Native, native } from './native.ts';
import { pairsOf } from './python/container-methods.ts';
import { dictEntries, dictSet, type OwnDict } from './python/dict.ts';

/** The largest range that a template may make. */
const maxRange = 1_000_000;

/** `range(…)`: prints as Python's, a list otherwise. */
export class Range extends TemplateObject {
  readonly typeName = 'range';
  readonly #start: number;
  readonly #stop: number;
  readonly #step: number;

  constructor(start: number, stop: number, step: number) {
    super();
    this.#start = start;
    this.#stop = stop;
    this.#step = step;
  }

  show(): string {
    const step = this.#step === 1 ? '' : `, ${this.#step}`;
    return `range(${this.#start}, ${this.#stop}${step})`;
  }

  override get size(): number {
    return Math.max(0, Math.ceil((this.#stop - this.#start) / this.#step));
  }

  override *iterate(): Iterable<Datum> {
    for (let i = 0; i < this.size; i++) yield this.#start + i * this.#step;
  }

  override item(key: Datum): Datum | undefined {
    if (typeof key !== 'number') return undefined;
    const index = key < 0 ? key + this.size : key;
    return index >= 0 && index < this.size ? this.#start + index * this.#step : undefined;
  }
}

function range(run: Run, first: Datum, second?: Datum, third?: Datum): Datum {
  const start = second === undefined ? 0 : integerArgument(run, first, 'start');
  const stop = integerArgument(run, second === undefined ? first : second, 'stop');
  const step = integerArgument(run, third, 'step', 1);
  if (step === 0) throw run.fail('the step of a range cannot be zero');
  const made = new Range(start, stop, step);
  if (made.size > maxRange) throw run.fail(`a range of ${made.size} items is larger than ${maxRange}`);
  return made;
}

/** `cycler(…)`: gives its values in turn. */
class Cycler extends TemplateObject {
  readonly typeName = 'Cycler';
  readonly #values: readonly Datum[];
  #at = 0;

  constructor(values: readonly Datum[]) {
    super();
    this.#values = values;
  }

  show(): string {
    return '<Cycler>';
  }

  override attribute(name: string): Datum | undefined {
    const current = this.#values[this.#at] ?? null;
    if (name === 'current') return current;
    if (name === 'reset') {
      return new Callable('reset', () => {
        this.#at = 0;
        return null;
      });
    }
    if (name !== 'next' && name !== '__next__') return undefined;
    return new Callable('next', () => {
      this.#at = (this.#at + 1) % this.#values.length;
      return current;
    });
  }
}

function joiner(separator: string): Callable {
  let used = false;
  return new Callable('joiner', () => {
    const text = used ? separator : '';
    used = true;
    return text;
  });
}

function makeDict(run: Run, first: Datum | undefined, named: OwnDict): OwnDict {
  const dict: OwnDict = new Map();
  if (!isAbsent(first)) for (const [key, value] of pairsOf(run, first)) dictSet(run, dict, key, value);
  for (const [key, value] of named) dictSet(run, dict, key, value);
  return dict;
}

const words =
  'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et magna aliqua'.split(
    ' ',
  );

function lipsum(run: Run, n?: Datum, html?: Datum, min?: Datum, max?: Datum): string {
  const pick = randomIndex(run, undefined);
  const least = integerArgument(run, min, 'min', 20);
  const most = Math.max(least, integerArgument(run, max, 'max', 100));
  const paragraphs: string[] = [];
  for (let i = 0; i < integerArgument(run, n, 'n', 5); i++) {
    const count = least + pick(most - least + 1);
    run.step(count);
    const text = Array.from({ length: count }, () => words[pick(words.length)] ?? '').join(' ');
    run.spend(text.length);
    paragraphs.push(`${text.charAt(0).toUpperCase()}${text.slice(1)}.`);
  }
  return flagArgument(html, true) ? paragraphs.map((p) => `<p>${p}</p>`).join('\n') : paragraphs.join('\n\n');
}

function undef(run: Run, hint?: Datum): Undefined {
  return new Undefined(undefined, run.site, {
    hint: isAbsent(hint) ? 'the value must be given' : textArgument(run, hint, 'hint'),
  });
}

const functions: Readonly<Record<string, Native>> = {
  range: native('start, stop?, step?', range),
  dict: native('mapping?, **named', makeDict),
  namespace: native(
    'mapping?, **named',
    (run: Run, first: Datum | undefined, named: OwnDict) =>
      new Namespace(
        dictEntries(makeDict(run, first, named)).map(([key, value]) => [String(key), value] as const),
      ),
  ),
  cycler: native('*values', (run: Run, values: readonly Datum[]) => {
    if (values.length === 0) throw run.fail('"cycler" needs values');
    return new Cycler(values);
  }),
  joiner: native('sep?', (run: Run, separator?: Datum) => joiner(textArgument(run, separator, 'sep', ', '))),
  lipsum: native('n?, html?, min?, max?', lipsum),
  undef: native('hint?', undef),
};

/** A function of ours as a value that templates can call. */
function functionValue(name: string, fn: Native): Callable {
  return new Callable(`function ${name}`, (run: Run, given: CallArguments) =>
    callNative(run, `"${name}"`, fn, given),
  );
}

/** Jinja2's global functions. */
export function standardGlobals(): Map<string, Datum> {
  return new Map(Object.entries(functions).map(([name, fn]) => [name, functionValue(name, fn)]));
}
