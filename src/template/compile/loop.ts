import {
  type CallArguments,
  Callable,
  type Datum,
  orElse,
  type Run,
  TemplateObject,
  tuple,
  Undefined,
} from '../datum.ts';
import type { Site } from '../errors.ts';
import { equals } from '../python/compare.ts';

/** Renders the body of a recursive loop for the items of its argument. */
export type Recurse = (run: Run, iterable: Datum, depth: number) => Datum;

/** The `loop` of a `for`. */
export class Loop extends TemplateObject {
  readonly typeName = 'LoopContext';
  readonly #items: readonly Datum[];
  readonly #depth: number;
  readonly #recurse: Recurse | undefined;
  readonly #site: Site;
  #index = 0;
  #last: Datum | undefined;

  constructor(items: readonly Datum[], depth: number, recurse: Recurse | undefined, site: Site) {
    super();
    this.#items = items;
    this.#depth = depth;
    this.#recurse = recurse;
    this.#site = site;
  }

  /** Moves to an item. */
  moveTo(index: number): void {
    this.#index = index;
  }

  show(): string {
    return `<LoopContext ${this.#index + 1}/${this.#items.length}>`;
  }

  override get size(): number {
    return this.#items.length;
  }

  override attribute(name: string): Datum | undefined {
    const index = this.#index;
    const { length } = this.#items;
    switch (name) {
      case 'index':
        return index + 1;
      case 'index0':
        return index;
      case 'revindex':
        return length - index;
      case 'revindex0':
        return length - index - 1;
      case 'first':
        return index === 0;
      case 'last':
        return index === length - 1;
      case 'length':
        return length;
      case 'depth':
        return this.#depth + 1;
      case 'depth0':
        return this.#depth;
      case 'previtem':
        return orElse(this.#items[index - 1], () => this.#missing('there is no previous item'));
      case 'nextitem':
        return orElse(this.#items[index + 1], () => this.#missing('there is no next item'));
      case 'cycle':
        return new Callable('cycle', (run, given) => this.#cycle(run, given));
      case 'changed':
        return new Callable('changed', (run, given) => this.#changed(run, given));
      default:
        return undefined;
    }
  }

  override get isCallable(): boolean {
    return this.#recurse !== undefined;
  }

  override call(run: Run, given: CallArguments): Datum {
    const [iterable] = given.positional;
    if (this.#recurse === undefined) throw run.fail('"loop" can only be called in a recursive loop');
    if (iterable === undefined) throw run.fail('"loop" needs the items to go on with');
    return this.#recurse(run, iterable, this.#depth + 1);
  }

  #missing(hint: string): Undefined {
    return new Undefined(undefined, this.#site, { hint });
  }

  #cycle(run: Run, { positional }: CallArguments): Datum {
    const item = positional[this.#index % positional.length];
    if (item === undefined) throw run.fail('"cycle" needs values');
    return item;
  }

  #changed(run: Run, { positional }: CallArguments): boolean {
    const values = tuple(positional);
    const changed = this.#last === undefined || !equals(run, this.#last, values);
    this.#last = values;
    return changed;
  }
}
