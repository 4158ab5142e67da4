import type { NodeId } from '../model/plan.ts';
import type { Recording } from './recording.ts';

/** The nodes that a node follows; the items of a loop stand for their loop. */
export function sourcesOf(
  { nodes, parents }: Recording,
  id: NodeId,
  children: ReadonlyMap<NodeId, readonly NodeId[]>,
): readonly NodeId[] {
  const own = children.get(id);
  if (own !== undefined) return own;
  const node = nodes[id];
  const after = node?.after.map((edge) => edge.from) ?? [];
  const parent = parents.get(id);
  // The first nodes of what was added follow what the node that they came from follows.
  if (after.length === 0 && parent !== undefined) return nodes[parent]?.after.map((edge) => edge.from) ?? [];
  return after;
}

/** Nodes that were added for a node which is told by them alone: the items of a loop. */
export function childrenOf({ parents, records }: Recording): ReadonlyMap<NodeId, readonly NodeId[]> {
  const children = new Map<NodeId, NodeId[]>();
  for (const [child, parent] of parents) {
    if (records.has(parent)) continue;
    const all = children.get(parent) ?? [];
    all.push(child);
    children.set(parent, all);
  }
  return children;
}

/** When each node ended, in milliseconds since the start; one without a record ended with the last that it follows. */
export function nodeEnds(recording: Recording): readonly number[] {
  const { nodes, records } = recording;
  const children = childrenOf(recording);
  const ends: number[] = new Array(nodes.length).fill(-1);
  for (const { id } of nodes) {
    const stack = [id];
    for (let at = stack.at(-1); at !== undefined; at = stack.at(-1)) {
      const record = records.get(at);
      if (record !== undefined) ends[at] = record.endMs;
      if ((ends[at] ?? 0) >= 0) {
        stack.pop();
        continue;
      }
      const sources = sourcesOf(recording, at, children);
      const open = sources.filter((source) => (ends[source] ?? 0) < 0);
      if (open.length > 0) stack.push(...open);
      else {
        ends[at] = Math.max(0, ...sources.map((source) => ends[source] ?? 0));
        stack.pop();
      }
    }
  }
  return ends;
}
