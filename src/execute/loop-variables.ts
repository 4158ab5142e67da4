import type { LoopControl } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';

/** The variables of one item: the item, its index where asked for, and `ansible_loop` where asked for. */
export function loopVariables(
  control: LoopControl | undefined,
  items: readonly Value[],
  index: number,
): Record<string, Value> {
  const loopVar = control?.loopVar ?? 'item';
  const variables: Record<string, Value> = { [loopVar]: items[index] ?? null, ansible_loop_var: loopVar };
  if (control?.indexVar !== undefined) {
    variables[control.indexVar] = index;
    variables['ansible_index_var'] = control.indexVar;
  }
  if (control?.extended === true) {
    const where = position(items, index);
    variables['ansible_loop'] = control.extendedAllItems === false ? where : { allitems: items, ...where };
  }
  return variables;
}

function position(items: readonly Value[], index: number): Record<string, Value> {
  const { length } = items;
  const previous = items[index - 1];
  const next = items[index + 1];
  return {
    index: index + 1,
    index0: index,
    first: index === 0,
    last: index === length - 1,
    length,
    revindex: length - index,
    revindex0: length - index - 1,
    ...(next === undefined ? {} : { nextitem: next }),
    ...(previous === undefined ? {} : { previtem: previous }),
  };
}
