import type { NodeId, PlanNode } from '../model/plan.ts';
import { Heap } from './due-heap.ts';
import { childrenOf, sourcesOf } from './node-ends.ts';
import type { Recording, TakenLimit } from './recording.ts';

/** What one more permit of a limit would have saved. */
export interface PermitSaving {
  readonly limit: string;
  readonly capacity: number;
  readonly savedMs: number;
}

const mostLimits = 8;

/** Carries a recorded run out again on paper, once as it was and once with one more permit of each limit that held it up. */
export function permitSavings(recording: Recording): readonly PermitSaving[] {
  const waitedMs = new Map<string, number>();
  for (const { waits } of recording.records.values())
    for (const wait of waits)
      if (wait.kind === 'limit') waitedMs.set(wait.what, (waitedMs.get(wait.what) ?? 0) + wait.waitedMs);
  const capacities = new Map<string, number>();
  for (const taken of recording.limits.values())
    for (const { limit, capacity } of taken) if (!limit.startsWith('lock ')) capacities.set(limit, capacity);
  const candidates = [...waitedMs]
    .filter(([limit, ms]) => capacities.has(limit) && ms >= 1)
    .sort((a, b) => b[1] - a[1])
    .slice(0, mostLimits);
  if (candidates.length === 0) return [];
  const asItWasMs = simulate(recording, undefined);
  if (asItWasMs === undefined) return [];
  return candidates
    .map(([limit]) => ({
      limit,
      capacity: capacities.get(limit) ?? 1,
      savedMs: asItWasMs - (simulate(recording, limit) ?? asItWasMs),
    }))
    .filter(({ savedMs }) => savedMs >= 1)
    .sort((a, b) => b.savedMs - a.savedMs);
}

/**
 * How long the run would take with the recorded times at work, all limits taken first come, first served, and one more
 * permit of `widened`. Undefined where it would not end: waits are known only as they came.
 */
export function simulate(recording: Recording, widened: string | undefined): number | undefined {
  const { nodes, limits } = recording;
  const { out, open } = edgesOf(recording);
  const releases = releasesOf(recording);
  const run = new Simulation(recording, widened);
  let left = nodes.length;
  for (const { id } of nodes) if (open[id] === 0) run.take(id);
  for (let id = run.next(); id !== undefined; id = run.next()) {
    left -= 1;
    for (const holder of releases.get(id) ?? [])
      for (const request of limits.get(holder) ?? []) run.release(request);
    for (const target of out.get(id) ?? []) {
      open[target] = (open[target] ?? 0) - 1;
      if (open[target] === 0) run.take(target);
    }
  }
  return left === 0 ? run.nowMs : undefined;
}

/** What follows each node, and how many it follows itself: by the edges of the plan, and by events that let it through. */
function edgesOf(recording: Recording): {
  readonly out: ReadonlyMap<NodeId, readonly NodeId[]>;
  readonly open: number[];
} {
  const { nodes, records } = recording;
  const children = childrenOf(recording);
  const out = new Map<NodeId, NodeId[]>();
  const open = nodes.map(() => 0);
  const follow = (source: NodeId, target: NodeId) => {
    const targets = out.get(source) ?? [];
    targets.push(target);
    out.set(source, targets);
    open[target] = (open[target] ?? 0) + 1;
  };
  for (const { id } of nodes) {
    for (const source of sourcesOf(recording, id, children)) follow(source, id);
    for (const wait of records.get(id)?.waits ?? [])
      if (wait.by !== undefined && wait.kind === 'event') follow(wait.by, id);
  }
  return { out, open };
}

/** A run on paper: its clock, and the lines before its limits. */
class Simulation {
  readonly #recording: Recording;
  readonly #widened: string | undefined;
  readonly #lines = new Map<string, Line>();
  /** How many of its limits a node has, or waits for. */
  readonly #taken = new Map<NodeId, number>();
  readonly #due = new Heap();
  nowMs = 0;

  constructor(recording: Recording, widened: string | undefined) {
    this.#recording = recording;
    this.#widened = widened;
  }

  /** Takes a node's limits one after the other, then lets it work; where one is not free it stands in line. */
  take(id: NodeId): void {
    const wanted = this.#recording.limits.get(id) ?? [];
    for (const request of wanted.slice(this.#taken.get(id) ?? 0)) {
      const line = this.#lineOf(request);
      this.#taken.set(id, (this.#taken.get(id) ?? 0) + 1);
      if (line.waiting.length > 0 || line.free < request.permits) {
        line.waiting.push({ id, permits: request.permits });
        return;
      }
      line.free -= request.permits;
    }
    this.#due.push(this.nowMs + ownMs(this.#recording, id), id);
  }

  release(request: TakenLimit): void {
    const line = this.#lineOf(request);
    line.free += request.permits;
    for (
      let [first] = line.waiting;
      first !== undefined && line.free >= first.permits;
      [first] = line.waiting
    ) {
      line.waiting.shift();
      line.free -= first.permits;
      this.take(first.id);
    }
  }

  /** Moves the clock to the next end of a node, and gives that node. */
  next(): NodeId | undefined {
    const due = this.#due.pop();
    if (due !== undefined) this.nowMs = due.atMs;
    return due?.id;
  }

  #lineOf({ limit, capacity }: TakenLimit): Line {
    const known = this.#lines.get(limit);
    if (known !== undefined) return known;
    const line: Line = { free: capacity + (limit === this.#widened ? 1 : 0), waiting: [] };
    this.#lines.set(limit, line);
    return line;
  }
}

interface Line {
  free: number;
  readonly waiting: { readonly id: NodeId; readonly permits: number }[];
}

/** What a node takes of its own: its work, and waits that nothing in this run gave an end. */
function ownMs({ records }: Recording, id: NodeId): number {
  const record = records.get(id);
  if (record === undefined) return 0;
  const alone = record.waits.filter(
    (wait) => wait.kind !== 'limit' && wait.kind !== 'fork' && wait.by === undefined,
  );
  return record.workMs + alone.reduce((sum, wait) => sum + wait.waitedMs, 0);
}

/** By node: those whose limits are given back when it ends. A block gives back at its end, a play at its own. */
function releasesOf({ nodes, limits }: Recording): ReadonlyMap<NodeId, readonly NodeId[]> {
  const ends = new Map<string, NodeId>();
  for (const node of nodes) {
    const key = endKey(node, 'end');
    if (key !== undefined) ends.set(key, node.id);
  }
  const releases = new Map<NodeId, NodeId[]>();
  for (const id of limits.keys()) {
    const node = nodes[id];
    if (node === undefined) continue;
    const at = ends.get(endKey(node, 'begin') ?? '') ?? id;
    releases.set(at, [...(releases.get(at) ?? []), id]);
  }
  return releases;
}

function endKey(node: PlanNode, side: 'begin' | 'end'): string | undefined {
  if (node.kind === 'block' && node.part === side)
    return `block ${node.block} ${node.host} ${node.pass ?? ''}`;
  if (node.kind === 'join' && node.purpose === (side === 'begin' ? 'play-start' : 'play-end'))
    return `play ${node.play}`;
  return undefined;
}
