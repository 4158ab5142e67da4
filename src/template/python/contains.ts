import { Secret } from '../../model/value.ts';
import { type Datum, type Run, Undefined } from '../datum.ts';
import { equals } from './compare.ts';
import { dictHas, isDict } from './dict.ts';
import { tryItemsOf } from './iterate.ts';
import { toText } from './text.ts';
import { isList, isText, typeName } from './types.ts';

/**
 * Python's `item in container`.
 *
 * @throws TemplateError when the container holds nothing, or either is undefined.
 */
export function contains(run: Run, container: Datum, item: Datum): boolean {
  if (container instanceof Undefined) throw container.toError();
  if (item instanceof Undefined) throw item.toError();
  const plain = item instanceof Secret ? run.open(item) : item;
  const within = container instanceof Secret ? run.open(container) : container;
  if (isText(within)) {
    if (!isText(plain)) throw run.fail(`"in" a text looks for text, not for ${typeName(plain)}`);
    return toText(run, within).includes(toText(run, plain));
  }
  if (isDict(within)) {
    if (isList(plain) || isDict(plain)) throw run.fail(`a ${typeName(plain)} can be no key of a mapping`);
    return dictHas(within, plain);
  }
  const items = tryItemsOf(run, within);
  if (items === undefined) throw run.fail(`"in" does not fit ${typeName(within)}: it holds no items`);
  run.step(Math.ceil(items.length / 8));
  return items.some((candidate) => !(candidate instanceof Undefined) && equals(run, candidate, plain));
}
