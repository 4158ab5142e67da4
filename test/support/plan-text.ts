import { type Plan, type PlanNode, stepTitle } from '../../src/model/plan.ts';

/** A short name of a node: `a@h1`, `a@all` (run once), `begin b@h1`, `batch-start:0.0`, `before a` (linear join). */
export function nodeName(plan: Plan, node: PlanNode): string {
  if (node.kind === 'join') {
    if (node.purpose === 'all' || node.purpose === 'linear') return `${node.purpose}#${node.id}`;
    return node.purpose.startsWith('play')
      ? `${node.purpose}:${node.play}`
      : `${node.purpose}:${node.play}.${node.batch}`;
  }
  if (node.kind === 'block') {
    const block = plan.blocks[node.block];
    return `${node.part} ${block?.id ?? block?.name}@${plan.hosts[node.host]}`;
  }
  const step = plan.steps[node.step];
  const title = step === undefined ? '?' : (step.id ?? stepTitle(step));
  return node.kind === 'once' ? `${title}@all` : `${title}@${plan.hosts[node.host]}`;
}

/** The nodes that bear a name. Handlers have one for each flush point. */
export function nodesNamed(plan: Plan, name: string): PlanNode[] {
  return plan.nodes.filter((node) => nodeName(plan, node) === name);
}

/** The edges of the node of that name, sorted, as `source kind why`. With several such nodes `index` chooses. */
export function edgesOf(plan: Plan, name: string, index = 0): string[] {
  const node = nodesNamed(plan, name)[index];
  if (node === undefined)
    throw new Error(`no node ${name}[${index}] among ${plan.nodes.map((n) => nodeName(plan, n)).join(', ')}`);
  return edgesOfNode(plan, node);
}

/** The edges of a node, sorted, as `source kind why`. */
export function edgesOfNode(plan: Plan, node: PlanNode): string[] {
  return node.after
    .map((edge) => {
      const source = plan.nodes[edge.from];
      return `${source === undefined ? '?' : nodeName(plan, source)} ${edge.kind} ${edge.why}`;
    })
    .sort();
}
