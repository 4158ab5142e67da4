import type { ItemNode } from '../model/plan.ts';
import type { Value } from '../model/value.ts';
import { loopVariables } from './loop-variables.ts';
import { hiddenText } from './publish.ts';
import { itemOf, labelOf, withItem } from './run-loop.ts';
import type { Single } from './runtime.ts';
import type { Settled } from './settled.ts';
import { runSingle } from './single.ts';

/**
 * One item of a parallel loop, whose result is kept for the end of the loop; or a step that follows it, which sees the
 * item and, as `result`, how it ended.
 */
export async function runParallelItem(whole: Single, node: ItemNode): Promise<Settled> {
  const variables = variablesOf(whole, node);
  const { itemResults } = whole.runtime;
  if (node.callback !== undefined) {
    const result = itemResults.get(node.parent)?.[node.index] ?? {};
    return runSingle(itemOf(whole, { ...variables, result }));
  }
  const { loopControl } = whole.step.keywords;
  const settled = withItem(await runSingle(itemOf(whole, variables)), variables, loopControl);
  const kept = itemResults.get(node.parent) ?? [];
  kept[node.index] = settled.result;
  itemResults.set(node.parent, kept);
  if (settled.dependsOn !== undefined) whole.runtime.unknownLoops.set(node.parent, settled.dependsOn);
  return settled;
}

/** The item as it is shown, secrets masked. */
export function itemLabel(whole: Single, node: ItemNode, { noLog }: Settled): string {
  if (noLog === true) return hiddenText;
  const loop = { ...whole, step: whole.work.loopStep ?? whole.step };
  return whole.runtime.redactor.text(labelOf(itemOf(loop, variablesOf(whole, node)), node.item));
}

function variablesOf({ work, step }: Single, { item, index }: ItemNode): Record<string, Value> {
  const { loopControl } = (work.loopStep ?? step).keywords;
  const variables = loopVariables(loopControl, [item], 0);
  if (loopControl?.indexVar !== undefined) variables[loopControl.indexVar] = index;
  return variables;
}
