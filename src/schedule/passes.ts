import type { PlanNode } from '../model/plan.ts';
import type { NodeEnd } from './graph.ts';
import type { RunState } from './run-state.ts';

/** Whether a node is the end of a pass: what follows the item, and is no part of the lane. */
export function isPassEnd(state: RunState, node: PlanNode): boolean {
  return node.pass !== undefined && state.passes.get(node.pass)?.end === node.id;
}

/** Tells the consumer that the work on an item has ended, if the node is its end. */
export function passNodeEnded(state: RunState, node: PlanNode, end: NodeEnd): void {
  if (node.pass === undefined || !isPassEnd(state, node)) return;
  const pass = state.passes.get(node.pass);
  state.passes.delete(node.pass);
  state.blocks.passes.delete(node.pass);
  pass?.finish(end);
}
