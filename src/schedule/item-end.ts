import type { ItemNode } from '../model/plan.ts';
import { stepLabel } from '../model/plan.ts';
import type { StepOutcome } from '../model/step-run.ts';
import { eventsSetBy, noteUnitEnd, type UnitEnd } from './event-units.ts';
import type { NodeEnd } from './graph.ts';
import type { ItemLoop } from './item-loops.ts';
import { endAfter } from './node-end.ts';
import type { RunState } from './run-state.ts';

/** Keeps the outcome of an item for its loop. */
export function recordItem(state: RunState, node: ItemNode, outcome: StepOutcome, end: NodeEnd): void {
  const loop = state.loops.byParent.get(node.parent);
  if (loop === undefined) return;
  if (node.callback === undefined) loop.outcomes[node.index] = outcome;
  if (end === 'failed') loop.failed = true;
  if (end === 'cancelled') loop.cancelled = true;
}

/** Lets the next item start, or ends the loop with its last one. */
export function itemEnded(state: RunState, node: ItemNode): void {
  const loop = state.loops.byParent.get(node.parent);
  if (loop === undefined) return;
  loop.open -= 1;
  loop.started.delete(node.id);
  const next = loop.started.size < loop.width ? loop.heldBack.shift() : undefined;
  if (next !== undefined) state.graph.ready.push(next);
  if (loop.open === 0) endLoop(state, node.parent, loop);
}

/** Ends a parallel loop: its items' results are collected before anything behind it starts. */
export function endLoop(state: RunState, parent: number, loop: ItemLoop): void {
  state.loops.byParent.delete(parent);
  const { work, outcomes } = loop;
  try {
    state.options.collect?.(work, outcomes);
  } catch (error) {
    state.recap.internalErrors.push(error instanceof Error ? error.message : String(error));
  }
  const why = `step "${stepLabel(work.step)}" on ${work.host} failed`;
  const acts = noteUnitEnd(state.units, work.node, unitEnd(loop), why);
  const end = loop.failed ? 'failed' : loop.cancelled ? 'cancelled' : 'passed';
  const mayLose = eventsSetBy(state.units, work.node);
  endAfter(state, parent, end, { acts, mayLose, release: [], poison: [], why });
}

function unitEnd(loop: ItemLoop): UnitEnd {
  const isBad = (one: StepOutcome | undefined) =>
    one === undefined || one.ignored === true || !['ok', 'changed', 'skipped'].includes(one.outcome);
  if (loop.outcomes.some(isBad)) return 'bad';
  return loop.outcomes.every((one) => one?.outcome === 'skipped' && one.leftOut !== true)
    ? 'skipped'
    : 'done';
}
