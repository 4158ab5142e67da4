import { type Datum, type Run, TemplateObject } from '../datum.ts';
import { represent } from './text.ts';

/** What `keys()`, `values()` and `items()` of a mapping give: printed as Python prints views, a list otherwise. */
export class DictView extends TemplateObject {
  readonly typeName: string;
  readonly items: readonly Datum[];

  constructor(kind: 'keys' | 'values' | 'items', items: readonly Datum[]) {
    super();
    this.typeName = `dict_${kind}`;
    this.items = items;
  }

  show(run: Run): string {
    return `${this.typeName}(${represent(run, this.items)})`;
  }

  override iterate(): Iterable<Datum> {
    return this.items;
  }

  override get size(): number {
    return this.items.length;
  }
}
