import { type Datum, type Run, TemplateObject } from '../datum.ts';
import { represent } from '../python/text.ts';

/** What `namespace(…)` gives: attributes that `{% set ns.x = … %}` may change from inside loops and blocks. */
export class Namespace extends TemplateObject {
  readonly typeName = 'Namespace';
  readonly #attributes: Map<string, Datum>;

  constructor(attributes: Iterable<readonly [string, Datum]>) {
    super();
    this.#attributes = new Map(attributes);
  }

  set(name: string, value: Datum): void {
    this.#attributes.set(name, value);
  }

  override attribute(name: string): Datum | undefined {
    return this.#attributes.get(name);
  }

  override item(key: Datum): Datum | undefined {
    return typeof key === 'string' ? this.#attributes.get(key) : undefined;
  }

  show(run: Run): string {
    return `<Namespace ${represent(run, new Map<Datum, Datum>(this.#attributes))}>`;
  }
}
