import { assertNever } from '../lib/assert-never.ts';
import { failure } from '../model/diagnostic.ts';
import type { Fragment, ItemNode, ItemsNode, JoinNode, NodeId, Plan, PlanNode } from '../model/plan.ts';
import type { Value } from '../model/value.ts';
import { digraph, indegrees, settle } from './graph.ts';

/** What became known about a node, and where the fragment's ids begin. */
export interface ExpandValues {
  /** The rendered items of the loop. */
  readonly items: readonly Value[];
  /** The first free id: the number of all nodes of the plan and of the fragments made so far. */
  readonly firstId: NodeId;
}

/** Nodes that stand for others that are not known before the run. */
export type ExpandableNode = ItemsNode;

/**
 * Makes the nodes that an unexpanded node stands for, once its values are known. Pure: the same values give the same
 * fragment. Nothing is frozen in `plan` for it; the scheduler adds the fragment's nodes to the run.
 *
 * @throws RunbookError RB302 when the fragment's nodes wait for each other.
 */
export function expand(plan: Plan, node: ExpandableNode, values: ExpandValues): Fragment {
  const fragment = expandNode(node, values);
  checkFragment(plan, fragment, values.firstId);
  return fragment;
}

function expandNode(node: ExpandableNode, values: ExpandValues): Fragment {
  switch (node.kind) {
    case 'items':
      return expandItems(node, values);
    default:
      return assertNever(node.kind);
  }
}

/** One node an item, and a join that ends when all of them have. No items: nothing, and the loop has ended. */
function expandItems(node: ItemsNode, { items, firstId }: ExpandValues): Fragment {
  if (items.length === 0) return { nodes: [], ends: [] };
  const { play, batch, step, host, priority } = node;
  const base = { play, batch, priority };
  const nodes = items.map((item, index): ItemNode => {
    return {
      kind: 'item',
      id: firstId + index,
      ...base,
      after: [],
      step,
      host,
      parent: node.id,
      index,
      item,
    };
  });
  const end: JoinNode = {
    kind: 'join',
    id: firstId + nodes.length,
    ...base,
    after: nodes.map(({ id }) => ({ from: id, kind: 'end', why: 'order' })),
    purpose: 'all',
  };
  return { nodes: [...nodes, end], ends: [end.id] };
}

/** The checks of order that the plan's own nodes passed. */
function checkFragment(plan: Plan, fragment: Fragment, firstId: NodeId): void {
  const from: number[] = [];
  const to: number[] = [];
  for (const node of fragment.nodes) {
    for (const edge of node.after) {
      if (edge.from < firstId) continue;
      from.push(edge.from - firstId);
      to.push(node.id - firstId);
    }
  }
  const graph = digraph(fragment.nodes.length, from, to);
  if (settle(graph, indegrees(graph)).order.length === graph.size) return;
  const first: PlanNode | undefined = fragment.nodes[0];
  const step = first !== undefined && 'step' in first ? plan.steps[first.step] : undefined;
  throw failure('RB302', 'the steps that this one brings wait for each other', { at: step?.at });
}
