import type { BlockNode, ConsumeNode, NodeId, PlanNode } from '../../model/plan.ts';
import type { Draft } from '../draft.ts';

/** Workers of one consumer that are looked at. */
const mostWorkers = 3;

/**
 * The nodes of a plan with the work on items laid open: before each consumer that acts, for each of its workers, the
 * nodes of its block. The consumer itself then stands for the end of all its workers. New ids follow on.
 */
export function* withPasses(draft: Draft, hosts: ReadonlySet<number>): Generator<PlanNode> {
  let next = draft.nodes.length;
  for (const node of draft.nodes) {
    if (node.kind !== 'consume' || node.skip !== undefined || !hosts.has(node.host)) {
      yield node;
      continue;
    }
    const workers = Math.min(mostWorkers, draft.tables.blocks[node.block]?.keywords.consume?.workers ?? 1);
    const ends: NodeId[] = [];
    for (let worker = 0; worker < workers; worker++) {
      const pass = passFor(draft, node, next);
      next += pass.length;
      ends.push(next - 1);
      yield* pass;
    }
    yield { ...node, after: ends.map((from) => ({ from, kind: 'end', why: 'block' })) };
  }
}

function passFor(draft: Draft, node: ConsumeNode, first: NodeId): PlanNode[] {
  const { play, batch, host } = node;
  return (draft.passes.get(node.block) ?? []).map((inner, index): PlanNode => {
    const after =
      index === 0 ? node.after : inner.after.map((edge) => ({ ...edge, from: edge.from + first }));
    const placed = { id: inner.id + first, play, batch, after, pass: first };
    if (inner.kind === 'join' || inner.kind === 'once') return { ...inner, ...placed };
    if (inner.kind !== 'instance' || inner.joins === undefined) return { ...inner, ...placed, host };
    const joins = { ...inner.joins, nodes: inner.joins.nodes.map((id) => id + first) };
    return { ...inner, ...placed, host, joins };
  });
}

/** Whether a node begins the work on an item. */
export function beginsPass(node: PlanNode): node is BlockNode {
  return node.kind === 'block' && node.part === 'begin' && node.pass === node.id;
}
