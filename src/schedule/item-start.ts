import { RunbookError } from '../model/diagnostic.ts';
import type { Fragment, ItemNode, NodeId, PlanNode } from '../model/plan.ts';
import type { StepOutcome } from '../model/step-run.ts';
import type { Active, StepAt } from './active.ts';
import { addFragment } from './graph.ts';
import type { ItemLoop } from './item-loops.ts';
import type { RunState } from './run-state.ts';
import { Control } from './step-control.ts';
import { workOf } from './step-start.ts';

/**
 * Makes the items of a parallel loop and adds them to the run. Resolves to an outcome when there are none (skipped) or
 * they can't be made (failed); else the loop ends with its last item.
 */
export async function expandItems(
  state: RunState,
  active: Active,
  at: StepAt,
): Promise<StepOutcome | undefined> {
  if (at.node.kind !== 'items' || state.options.expand === undefined)
    throw new Error('a parallel loop was met, and nothing to expand it with');
  const work = { ...workOf(state, at), node: at.node };
  const control = new Control(state, active);
  try {
    const request = { work, firstId: state.graph.nodes.length, control };
    const made = await state.options.expand(request);
    if ('skip' in made) return { outcome: 'skipped', msg: made.skip, notify: [] };
    const nodes = renumbered(made, request.firstId, state.graph.nodes.length);
    const items = nodes.filter((node) => node.kind === 'item');
    const count = items.filter((node) => node.callback === undefined).length;
    if (items.length === 0) return { outcome: 'skipped', msg: 'the loop has no items', notify: [] };
    const loop: ItemLoop = {
      work,
      width: Math.max(1, at.step.keywords.parallel ?? 1),
      started: new Set(),
      open: items.length,
      heldBack: [],
      locals: Array.from({ length: count }, () => new Map(work.locals)),
      outcomes: Array.from({ length: count }, () => undefined),
      failed: false,
      cancelled: false,
    };
    state.loops.byParent.set(at.node.id, loop);
    // The loop waits for its items from here on; it runs nothing itself.
    state.active.delete(at.node.id);
    state.options.emit({ type: 'nodes-added', parent: at.node.id, nodes });
    addFragment(state.graph, nodes);
    state.wake();
    return undefined;
  } catch (error) {
    if (!(error instanceof RunbookError)) throw error;
    return { outcome: 'failed', msg: error.message, notify: [] };
  }
}

/** Whether a step that follows an item is needed: the item ended well, or failed, ignored or not. */
export function isCallbackNeeded(state: RunState, node: ItemNode): boolean {
  const outcome = state.loops.byParent.get(node.parent)?.outcomes[node.index]?.outcome;
  if (node.callback === undefined) return true;
  return node.callback.on === 'failure' ? outcome === 'failed' : outcome === 'ok' || outcome === 'changed';
}

/** Whether an item may start beside those that run; else it is held back until one of them ends. */
export function admitItem(state: RunState, node: ItemNode): boolean {
  const loop = state.loops.byParent.get(node.parent);
  if (loop === undefined || node.callback !== undefined) return true;
  if (loop.started.size >= loop.width) {
    loop.heldBack.push(node.id);
    return false;
  }
  loop.started.add(node.id);
  return true;
}

// Another loop may have been expanded in the meantime.
function renumbered({ nodes }: Fragment, askedId: NodeId, firstId: NodeId): readonly PlanNode[] {
  const by = firstId - askedId;
  if (by === 0) return nodes;
  const moved = (id: NodeId) => (id >= askedId ? id + by : id);
  return nodes.map((node) => ({
    ...node,
    id: moved(node.id),
    after: node.after.map((edge) => ({ ...edge, from: moved(edge.from) })),
  }));
}
