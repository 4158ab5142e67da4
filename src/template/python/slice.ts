import { integerArgument } from '../arguments.ts';
import { type Datum, Markup, type Run, TemplateObject, Tuple, tuple } from '../datum.ts';
import { itemsOf } from './iterate.ts';
import { isList, typeName } from './types.ts';

/** The parts of `[start:stop:step]`; None and absent are the same. */
export interface SliceParts {
  readonly start: Datum | undefined;
  readonly stop: Datum | undefined;
  readonly step: Datum | undefined;
}

/**
 * `value[start:stop:step]` of a text, list or tuple.
 *
 * @throws TemplateError when the value has no slices or a part is no integer.
 */
export function slice(run: Run, value: Datum, parts: SliceParts): Datum {
  if (typeof value === 'string') return sliceItems(run, [...value], parts).join('');
  if (value instanceof Markup) return new Markup(sliceItems(run, [...value.text], parts).join(''));
  if (value instanceof TemplateObject && value.typeName === 'range')
    return slice(run, itemsOf(run, value), parts);
  if (!isList(value)) throw run.fail(`a value of type ${typeName(value)} has no slices`);
  const items = sliceItems(run, value, parts);
  return value instanceof Tuple ? tuple(items) : items;
}

function sliceItems<Item>(run: Run, items: readonly Item[], parts: SliceParts): Item[] {
  const step = part(run, parts.step, 'step') ?? 1;
  if (step === 0) throw run.fail('the step of a slice cannot be zero');
  const size = items.length;
  const limit = (index: number) =>
    Math.min(Math.max(index < 0 ? index + size : index, step < 0 ? -1 : 0), step < 0 ? size - 1 : size);
  const startPart = part(run, parts.start, 'start');
  const stopPart = part(run, parts.stop, 'stop');
  const start = startPart === undefined ? (step < 0 ? size - 1 : 0) : limit(startPart);
  const stop = stopPart === undefined ? (step < 0 ? -1 : size) : limit(stopPart);
  if (step === 1) return items.slice(start, Math.max(start, stop));
  const result: Item[] = [];
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) result.push(...items.slice(i, i + 1));
  return result;
}

function part(run: Run, value: Datum | undefined, name: string): number | undefined {
  return value === undefined || value === null ? undefined : integerArgument(run, value, name);
}
