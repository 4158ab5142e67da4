import { assertNever } from '../lib/assert-never.ts';
import { failure } from '../model/diagnostic.ts';
import type {
  ConsumeNode,
  Edge,
  Fragment,
  ItemNode,
  ItemsNode,
  JoinNode,
  NodeId,
  Plan,
  PlanNode,
} from '../model/plan.ts';
import type { Value } from '../model/value.ts';
import { digraph, indegrees, settle } from './graph.ts';

/** What became known about a node, and where the fragment's ids begin. */
export interface ExpandValues {
  /** The rendered items of the loop; of a consumer the one item that it got. */
  readonly items: readonly Value[];
  /** The first free id: the number of all nodes of the plan and of the fragments made so far. */
  readonly firstId: NodeId;
}

/** Nodes that stand for others that are not known before the run. */
export type ExpandableNode = ItemsNode | ConsumeNode;

/**
 * Makes the nodes that an unexpanded node stands for, once its values are known. Pure: the same values give the same
 * fragment. Nothing is frozen in `plan` for it; the scheduler adds the fragment's nodes to the run.
 *
 * @throws RunbookError RB302 when the fragment's nodes wait for each other.
 */
export function expand(plan: Plan, node: ExpandableNode, values: ExpandValues): Fragment {
  const fragment = expandNode(plan, node, values);
  checkFragment(plan, fragment, values.firstId);
  return fragment;
}

/** As `expand`, for a loop whose items may not be there because its step is skipped. */
export function expandLoop<Skipped extends { readonly skip: string }>(
  plan: Plan,
  node: ItemsNode,
  items: readonly Value[] | Skipped,
  firstId: NodeId,
): Fragment | Skipped {
  return 'skip' in items ? items : expand(plan, node, { items, firstId });
}

function expandNode(plan: Plan, node: ExpandableNode, values: ExpandValues): Fragment {
  switch (node.kind) {
    case 'items':
      return expandItems(plan, node, values);
    case 'consume':
      return expandPass(plan, node, values.firstId);
    default:
      return assertNever(node);
  }
}

/**
 * One node an item, nodes of the steps that follow it, and a join that ends when all of them have. No items: nothing, and
 * the loop has ended.
 */
function expandItems(plan: Plan, node: ItemsNode, { items, firstId }: ExpandValues): Fragment {
  if (items.length === 0) return { nodes: [], ends: [] };
  const { play, batch, step, host, priority, pass } = node;
  const base = { play, batch, priority, ...(pass === undefined ? {} : { pass }) };
  const callbacks = plan.steps[step]?.callbacks;
  const nodes: ItemNode[] = [];
  for (const [index, item] of items.entries()) {
    const own = { kind: 'item', ...base, host, parent: node.id, index, item } as const;
    const first = firstId + nodes.length;
    nodes.push({ ...own, id: first, after: [], step });
    for (const on of ['success', 'failure'] as const)
      for (const [place, callback] of (callbacks?.[on] ?? []).entries()) {
        const id = firstId + nodes.length;
        const after: Edge[] = [{ from: first, kind: 'end', why: 'order' }];
        if (place > 0) after.push({ from: id - 1, kind: 'ok', why: 'order' });
        nodes.push({ ...own, id, after, step: callback, callback: { on, loop: step } });
      }
  }
  const end: JoinNode = {
    kind: 'join',
    id: firstId + nodes.length,
    ...base,
    after: nodes.map(({ id }) => ({ from: id, kind: 'end', why: 'order' })),
    purpose: 'all',
  };
  return { nodes: [...nodes, end], ends: [end.id] };
}

/** The nodes of a consumer's block for one item on its host. */
function expandPass(
  plan: Plan,
  { play, batch, host, block, priority }: ConsumeNode,
  firstId: NodeId,
): Fragment {
  const nodes = (plan.blocks[block]?.pass ?? []).map((node): PlanNode => {
    const after = node.after.map((edge) => ({ ...edge, from: edge.from + firstId }));
    const id = node.id + firstId;
    if (!('host' in node)) return { ...node, id, after };
    const placed = { ...node, id, play, batch, host, priority, after, pass: firstId };
    if (placed.kind !== 'instance' || placed.joins === undefined) return placed;
    return { ...placed, joins: { ...placed.joins, nodes: placed.joins.nodes.map((one) => one + firstId) } };
  });
  return { nodes, ends: nodes.slice(-1).map(({ id }) => id) };
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
