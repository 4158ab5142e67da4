/** A directed graph over the numbers 0 to size - 1 in compressed rows. It knows nothing of what its nodes stand for. */
export interface Digraph {
  readonly size: number;
  /** Row n is `targets[starts[n]]` to `targets[starts[n + 1] - 1]`. */
  readonly starts: Uint32Array;
  readonly targets: Uint32Array;
}

/** Builds a graph from edges given as two lists of the same length. */
export function digraph(size: number, from: ArrayLike<number>, to: ArrayLike<number>): Digraph {
  const starts = new Uint32Array(size + 1);
  for (let i = 0; i < from.length; i++) {
    const row = (from[i] ?? 0) + 1;
    starts[row] = (starts[row] ?? 0) + 1;
  }
  for (let n = 0; n < size; n++) starts[n + 1] = (starts[n + 1] ?? 0) + (starts[n] ?? 0);
  const cursor = starts.slice(0, size);
  const targets = new Uint32Array(from.length);
  for (let i = 0; i < from.length; i++) {
    const source = from[i] ?? 0;
    const position = cursor[source] ?? 0;
    targets[position] = to[i] ?? 0;
    cursor[source] = position + 1;
  }
  return { size, starts, targets };
}

/** Calls `visit` with each target of a node. */
export function eachTarget(graph: Digraph, node: number, visit: (target: number) => void): void {
  const end = graph.starts[node + 1] ?? 0;
  for (let i = graph.starts[node] ?? 0; i < end; i++) visit(graph.targets[i] ?? 0);
}

/** How many edges lead to each node. */
export function indegrees(graph: Digraph): Uint32Array {
  const degrees = new Uint32Array(graph.size);
  for (const target of graph.targets) degrees[target] = (degrees[target] ?? 0) + 1;
  return degrees;
}

/** What `settle` found: the nodes that can be reached in order, and for each node whether it was. */
export interface Settled {
  readonly order: readonly number[];
  readonly done: Uint8Array;
}

/**
 * Orders nodes so that each comes after as many of its predecessors as it needs. With `quorum` equal to the indegrees
 * that is a topological order, and the nodes left out are those on or behind a cycle.
 *
 * @param quorum How many predecessors a node needs; 0 for a node that needs none. Not changed.
 */
export function settle(graph: Digraph, quorum: Uint32Array): Settled {
  const missing = quorum.slice();
  const done = new Uint8Array(graph.size);
  const order: number[] = [];
  for (let n = 0; n < graph.size; n++) if (missing[n] === 0) order.push(n);
  for (let next = 0; next < order.length; next++) {
    const node = order[next] ?? 0;
    done[node] = 1;
    const end = graph.starts[node + 1] ?? 0;
    for (let i = graph.starts[node] ?? 0; i < end; i++) {
      const target = graph.targets[i] ?? 0;
      const left = missing[target] ?? 0;
      if (left === 0) continue;
      missing[target] = left - 1;
      if (left === 1) order.push(target);
    }
  }
  return { order, done };
}

/** The same graph with every edge turned round. */
export function reversed(graph: Digraph): Digraph {
  const to = new Uint32Array(graph.targets.length);
  for (let n = 0; n < graph.size; n++) to.fill(n, graph.starts[n], graph.starts[n + 1]);
  return digraph(graph.size, graph.targets, to);
}

/**
 * A shortest cycle through the first cycle met when walking along the graph's edges from `start`.
 *
 * @param within Only nodes for which it holds are entered; each of them must have such a target for a cycle to be found.
 * @returns the nodes of the cycle in the order of the edges, or undefined when the walk ends.
 */
export function cycleFrom(
  graph: Digraph,
  start: number,
  within: (node: number) => boolean,
): number[] | undefined {
  const seen = new Set<number>();
  let node: number | undefined = start;
  while (node !== undefined && !seen.has(node)) {
    seen.add(node);
    node = firstTarget(graph, node, within);
  }
  return node === undefined ? undefined : shortestPath(graph, node, node, within);
}

function firstTarget(graph: Digraph, node: number, within: (node: number) => boolean): number | undefined {
  const end = graph.starts[node + 1] ?? 0;
  for (let i = graph.starts[node] ?? 0; i < end; i++) {
    const target = graph.targets[i] ?? 0;
    if (within(target)) return target;
  }
  return undefined;
}

/** The nodes from `from` up to, not including, `to` on a shortest path of at least one edge; undefined without one. */
export function shortestPath(
  graph: Digraph,
  from: number,
  to: number,
  within: (node: number) => boolean,
): number[] | undefined {
  const cameFrom = new Map<number, number>();
  const queue = [from];
  for (const node of queue) {
    const end = graph.starts[node + 1] ?? 0;
    for (let i = graph.starts[node] ?? 0; i < end; i++) {
      const target = graph.targets[i] ?? 0;
      if (target === to) return pathBack(cameFrom, node, from);
      if (target === from || cameFrom.has(target) || !within(target)) continue;
      cameFrom.set(target, node);
      queue.push(target);
    }
  }
  return undefined;
}

function pathBack(cameFrom: ReadonlyMap<number, number>, last: number, first: number): number[] {
  const path: number[] = [];
  for (let node: number | undefined = last; node !== undefined; node = cameFrom.get(node)) {
    path.push(node);
    if (node === first) break;
  }
  return path.reverse();
}

/** For each node the set of nodes before it, as rows of bits; for graphs of at most some thousand nodes. */
export class Ancestors {
  readonly #words: number;
  readonly #bits: Uint32Array;

  /** @param order A topological order of the graph; nodes that are not in it have no ancestors. */
  constructor(graph: Digraph, order: readonly number[]) {
    this.#words = Math.ceil(graph.size / 32);
    this.#bits = new Uint32Array(this.#words * graph.size);
    for (const node of order) eachTarget(graph, node, (target) => this.#inherit(node, target));
  }

  /** Whether there is a path from `before` to `after`. */
  has(before: number, after: number): boolean {
    const word = this.#bits[after * this.#words + (before >>> 5)] ?? 0;
    return ((word >>> (before & 31)) & 1) === 1;
  }

  #inherit(node: number, target: number): void {
    const from = node * this.#words;
    const to = target * this.#words;
    for (let i = 0; i < this.#words; i++)
      this.#bits[to + i] = (this.#bits[to + i] ?? 0) | (this.#bits[from + i] ?? 0);
    const word = to + (node >>> 5);
    this.#bits[word] = (this.#bits[word] ?? 0) | (1 << (node & 31));
  }
}
