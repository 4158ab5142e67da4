import type { Digraph } from '../graph.ts';

/** The strongly connected components of a graph. */
export interface Components {
  /** By node: the number of its component. */
  readonly of: Int32Array;
  /** By component: whether it holds a cycle of more than one node. */
  readonly isCycle: readonly boolean[];
}

interface Walk {
  readonly graph: Digraph;
  readonly of: Int32Array;
  readonly isCycle: boolean[];
  /** By node: when it was entered, or -1; and the earliest node on the stack that it reaches. */
  readonly entered: Int32Array;
  readonly earliest: Int32Array;
  readonly cursor: Uint32Array;
  /** Nodes without a component yet, in the order they were entered. */
  readonly stack: number[];
  /** Nodes from the root to the current one. */
  readonly path: number[];
  count: number;
}

/** Finds the components. O(nodes + edges), without recursion, so that long chains do no harm. */
export function components(graph: Digraph): Components {
  const walk: Walk = {
    graph,
    of: new Int32Array(graph.size).fill(-1),
    isCycle: [],
    entered: new Int32Array(graph.size).fill(-1),
    earliest: new Int32Array(graph.size),
    cursor: graph.starts.slice(0, graph.size),
    stack: [],
    path: [],
    count: 0,
  };
  for (let root = 0; root < graph.size; root++) if (walk.entered[root] === -1) walkFrom(walk, root);
  return walk;
}

function walkFrom(walk: Walk, root: number): void {
  enter(walk, root);
  for (let node = walk.path.at(-1); node !== undefined; node = walk.path.at(-1)) {
    const at = walk.cursor[node] ?? 0;
    if (at >= (walk.graph.starts[node + 1] ?? 0)) {
      leave(walk, node);
      continue;
    }
    walk.cursor[node] = at + 1;
    const target = walk.graph.targets[at] ?? 0;
    if (walk.entered[target] === -1) enter(walk, target);
    else if (walk.of[target] === -1) reach(walk, node, walk.entered[target] ?? 0);
  }
}

function enter(walk: Walk, node: number): void {
  walk.entered[node] = walk.count;
  walk.earliest[node] = walk.count;
  walk.count += 1;
  walk.stack.push(node);
  walk.path.push(node);
}

function reach(walk: Walk, node: number, place: number): void {
  walk.earliest[node] = Math.min(walk.earliest[node] ?? 0, place);
}

function leave(walk: Walk, node: number): void {
  walk.path.pop();
  const above = walk.path.at(-1);
  if (above !== undefined) reach(walk, above, walk.earliest[node] ?? 0);
  if (walk.earliest[node] !== walk.entered[node]) return;
  let size = 0;
  for (let member = walk.stack.pop(); member !== undefined; member = walk.stack.pop()) {
    walk.of[member] = walk.isCycle.length;
    size += 1;
    if (member === node) break;
  }
  walk.isCycle.push(size > 1);
}
