import type { Edge, NodeId, Plan, PlanNode } from '../model/plan.ts';

/** How a node ended, as its edges see it. `idle`: it was not needed; it counts as passed and is in no report. */
export type NodeEnd = 'passed' | 'failed' | 'cancelled' | 'idle';

/** The edges and counters of a run. Arrays are indexed by node id and grow with fragments. */
export interface Graph {
  readonly nodes: PlanNode[];
  /** Undefined until the node has ended. */
  readonly ends: (NodeEnd | undefined)[];
  /** Sources that have not ended. */
  readonly remaining: number[];
  /** The node whose end cancels this one, or -1. Where that was cancelled itself, what cancelled it. */
  readonly causes: number[];
  /** Whether the node stands behind a `failed` edge, and whether one of its sources failed. */
  readonly onFailure: ('no' | 'awaited' | 'came')[];
  /** Nodes all of whose sources have ended, in the order in which they became ready. */
  readonly ready: NodeId[];
  open: number;
  readonly out: OutEdges;
}

type Kind = Edge['kind'];

interface OutEdges {
  /** Edges of the plan by source: those of node n are `offsets[n]` to `offsets[n + 1]`. */
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
  readonly kinds: Uint8Array;
  /** Edges that fragments brought. */
  readonly extra: Map<NodeId, { readonly target: NodeId; readonly kind: Kind }[]>;
}

const kinds: readonly Kind[] = ['end', 'ok', 'failed'];

/** Reads a plan's edges once, in O(nodes + edges). */
export function buildGraph(plan: Plan): Graph {
  const { nodes } = plan;
  const offsets = new Int32Array(nodes.length + 1);
  for (const node of nodes)
    for (const edge of node.after) offsets[edge.from + 1] = (offsets[edge.from + 1] ?? 0) + 1;
  for (let i = 0; i < nodes.length; i++) offsets[i + 1] = (offsets[i + 1] ?? 0) + (offsets[i] ?? 0);
  const total = offsets[nodes.length] ?? 0;
  const targets = new Int32Array(total);
  const edgeKinds = new Uint8Array(total);
  const next = offsets.slice(0, nodes.length);
  for (const node of nodes)
    for (const edge of node.after) {
      const slot = next[edge.from] ?? 0;
      next[edge.from] = slot + 1;
      targets[slot] = node.id;
      edgeKinds[slot] = kinds.indexOf(effectiveKind(node, edge));
    }
  const graph: Graph = {
    nodes: [],
    ends: [],
    remaining: [],
    causes: [],
    onFailure: [],
    ready: [],
    open: 0,
    out: { offsets, targets, kinds: edgeKinds, extra: new Map() },
  };
  for (const node of nodes) addNode(graph, node);
  return graph;
}

/** Adds the nodes of a fragment, which may follow nodes that have ended already. */
export function addFragment(graph: Graph, nodes: readonly PlanNode[]): void {
  for (const node of nodes) {
    const pending = node.after.filter((edge) => graph.ends[edge.from] === undefined);
    addNode(graph, node, pending.length);
    for (const edge of node.after) {
      const kind = effectiveKind(node, edge);
      const end = graph.ends[edge.from];
      if (end !== undefined) heed(graph, edge.from, end, node.id, kind);
      else {
        const list = graph.out.extra.get(edge.from) ?? [];
        list.push({ target: node.id, kind });
        graph.out.extra.set(edge.from, list);
      }
    }
  }
}

/** Ends a node: counts down what follows it, in O(its edges). Ending a node twice changes nothing. */
export function endNode(graph: Graph, id: NodeId, end: NodeEnd): boolean {
  if (graph.ends[id] !== undefined) return false;
  graph.ends[id] = end;
  graph.open -= 1;
  forEachEdge(graph, id, (target, kind) => {
    heed(graph, id, end, target, kind);
    const left = (graph.remaining[target] ?? 0) - 1;
    graph.remaining[target] = left;
    if (left === 0) graph.ready.push(target);
  });
  return true;
}

/** Calls `visit` for each edge that leaves a node. */
export function forEachEdge(graph: Graph, id: NodeId, visit: (target: NodeId, kind: Kind) => void): void {
  const { offsets, targets, kinds: edgeKinds, extra } = graph.out;
  const stop = offsets[id + 1] ?? 0;
  for (let slot = offsets[id] ?? stop; slot < stop; slot++)
    visit(targets[slot] ?? 0, kinds[edgeKinds[slot] ?? 0] ?? 'end');
  if (extra.size > 0) for (const { target, kind } of extra.get(id) ?? []) visit(target, kind);
}

/**
 * Nodes that will end cancelled because of this one, though their other sources may still run. Each node is given
 * once in a run; the walk is iterative and costs O(edges) over all calls.
 */
export function doomedBy(graph: Graph, id: NodeId): readonly NodeId[] {
  const doomed: NodeId[] = [];
  const stack: NodeId[] = [id];
  for (let source = stack.pop(); source !== undefined; source = stack.pop()) {
    const cause = rootCause(graph, source);
    forEachEdge(graph, source, (target, kind) => {
      if (kind !== 'ok' || (graph.causes[target] ?? -1) >= 0 || graph.ends[target] !== undefined) return;
      graph.causes[target] = cause;
      doomed.push(target);
      stack.push(target);
    });
  }
  return doomed;
}

function heed(graph: Graph, source: NodeId, end: NodeEnd, target: NodeId, kind: Kind): void {
  if (kind === 'failed') {
    if (end === 'failed') graph.onFailure[target] = 'came';
    return;
  }
  if (kind !== 'ok' || end === 'passed' || end === 'idle') return;
  if ((graph.causes[target] ?? -1) < 0) graph.causes[target] = rootCause(graph, source);
}

function rootCause(graph: Graph, id: NodeId): NodeId {
  const cause = graph.causes[id] ?? -1;
  return graph.ends[id] !== 'failed' && cause >= 0 ? cause : id;
}

function addNode(graph: Graph, node: PlanNode, remaining = node.after.length): void {
  graph.nodes.push(node);
  graph.ends.push(undefined);
  graph.remaining.push(remaining);
  graph.causes.push(-1);
  graph.onFailure.push(node.after.some((edge) => edge.kind === 'failed') ? 'awaited' : 'no');
  graph.open += 1;
  if (remaining === 0) graph.ready.push(node.id);
}

// The boundaries of a block that has begun read how its parts went, not the ends of their sources.
function effectiveKind(node: PlanNode, edge: Edge): Kind {
  return node.kind === 'block' && node.part !== 'begin' ? 'end' : edge.kind;
}
