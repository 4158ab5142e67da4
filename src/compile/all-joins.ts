import type { Edge, JoinNode, NodeId } from '../model/plan.ts';
import type { OutsideNeed } from './lane.ts';
import { type BatchLayout, nodeAt, type PlanLayout, type PlayLayout } from './layout.ts';

/**
 * The edges of needs that reach outside a lane. A step on all its hosts is one join node, made when first needed and
 * shared by all that need it in a batch, so that there are hosts + hosts edges and never hosts x hosts.
 */
export class Joins {
  readonly nodes: JoinNode[] = [];
  readonly #layout: PlanLayout;
  readonly #known = new Map<string, NodeId | undefined>();

  constructor(layout: PlanLayout) {
    this.#layout = layout;
  }

  /** Adds the edge of a need for one host: from the step on that host where it runs there, else from all its hosts. */
  pushEdges(edges: Edge[], need: OutsideNeed, batch: BatchLayout, host: number): void {
    const target = this.#layout.plays[need.play];
    const place = target?.positions.get(host);
    const slot = target?.shape.spans.get(need.member)?.exit;
    if (need.hosts === 'same' && target !== undefined && place !== undefined && slot !== undefined) {
      const from = nodeAt(place.batch, target.shape, slot, place.position);
      edges.push({ from, kind: need.kind, why: 'needs' });
    } else this.pushAll(edges, need, batch);
  }

  /** Adds the edge of a need that means all hosts. Nothing is added where the step has no instance. */
  pushAll(edges: Edge[], need: OutsideNeed, batch: BatchLayout): void {
    const target = this.#layout.plays[need.play];
    const slot = target?.shape.spans.get(need.member)?.exit;
    if (target === undefined || slot === undefined) return;
    const key = `${batch.play}:${batch.batch}:${need.play}:${slot}:${need.kind}`;
    if (!this.#known.has(key)) this.#known.set(key, this.#join(target, slot, need, batch));
    const from = this.#known.get(key);
    if (from === undefined) return;
    edges.push({ from, kind: 'ok', why: 'needs' });
  }

  #join(target: PlayLayout, slot: number, need: OutsideNeed, batch: BatchLayout): NodeId | undefined {
    // In its own play, a step on all its hosts means those of the batch: later batches start only after this one.
    const batches = target.play === batch.play ? [batch] : target.batches;
    const sources = batches.flatMap((other) => nodesOf(target, other, slot));
    if (sources.length === 0) return undefined;
    const id = this.#layout.size + this.nodes.length;
    const after = sources.map((from): Edge => ({ from, kind: need.kind, why: 'needs' }));
    const { play, batch: batchIndex } = batch;
    this.nodes.push({ kind: 'join', id, play, batch: batchIndex, after, priority: 0, purpose: 'all' });
    return id;
  }
}

function nodesOf(target: PlayLayout, batch: BatchLayout, slot: number): NodeId[] {
  if (target.shape.slots[slot]?.kind === 'once') return [nodeAt(batch, target.shape, slot, 0)];
  return batch.hosts.map((_, position) => nodeAt(batch, target.shape, slot, position));
}
