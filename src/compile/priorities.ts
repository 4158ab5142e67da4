import type { OrderGraph } from './event-graph.ts';
import type { Settled } from './graph.ts';

/**
 * The longest remaining path of each node, in nodes, itself included; events count as edges from setter to waiter.
 * Nodes that never settle have 0.
 */
export function longestPaths({ graph }: OrderGraph, settled: Settled, nodeCount: number): Uint32Array {
  const lengths = new Uint32Array(graph.size);
  for (let i = settled.order.length - 1; i >= 0; i--) {
    const node = settled.order[i] ?? 0;
    let longest = 0;
    const end = graph.starts[node + 1] ?? 0;
    for (let j = graph.starts[node] ?? 0; j < end; j++)
      longest = Math.max(longest, lengths[graph.targets[j] ?? 0] ?? 0);
    lengths[node] = longest + (node < nodeCount ? 1 : 0);
  }
  return lengths;
}
