import type { NodeId } from '../model/plan.ts';
import { batchStart, type LaneShape } from './lane.ts';

/** Where the nodes of a batch stand in the plan: slot by slot, and within a slot host by host. */
export interface BatchLayout {
  readonly play: number;
  readonly batch: number;
  /** Indexes of the hosts. */
  readonly hosts: readonly number[];
  readonly start: NodeId;
  readonly end: NodeId;
  /** By slot: its first node. */
  readonly firstNodes: Uint32Array;
  /** By position: how many hosts before it gather facts, or -1 for a host that does not. Undefined: all do. */
  readonly gathers: Int32Array | undefined;
}

/** Where the nodes of a play stand in the plan. */
export interface PlayLayout {
  readonly play: number;
  readonly start: NodeId;
  readonly end: NodeId;
  /** Of a play whose hosts are known late: the node that stands for its batches. */
  readonly late?: NodeId | undefined;
  readonly batches: readonly BatchLayout[];
  readonly shape: LaneShape;
  /** By host index: its batch and its position there. */
  readonly positions: ReadonlyMap<number, { readonly batch: BatchLayout; readonly position: number }>;
}

/** All plays, and how many nodes they take. */
export interface PlanLayout {
  readonly plays: readonly PlayLayout[];
  readonly size: number;
}

/** Gives every node its id before any is made, so that an edge may point anywhere. */
export function layOutPlan(
  shapes: readonly LaneShape[],
  batches: readonly (readonly (readonly number[])[])[],
  facts: readonly { readonly hosts: ReadonlySet<number> }[],
  isLate: (play: number) => boolean = () => false,
): PlanLayout {
  let next = 0;
  const plays: PlayLayout[] = [];
  for (const [play, shape] of shapes.entries()) {
    const start = next++;
    const laid: BatchLayout[] = [];
    for (const [batch, hosts] of (batches[play] ?? []).entries()) {
      const batchLayout = layOutBatch(shape, { play, batch, hosts }, next, facts[play]?.hosts);
      laid.push(batchLayout);
      next = batchLayout.end + 1;
    }
    const late = isLate(play) ? next++ : undefined;
    plays.push({ play, start, late, end: next++, batches: laid, shape, positions: positionsOf(laid) });
  }
  return { plays, size: next };
}

function layOutBatch(
  shape: LaneShape,
  batch: Pick<BatchLayout, 'play' | 'batch' | 'hosts'>,
  start: NodeId,
  gathering: ReadonlySet<number> | undefined,
): BatchLayout {
  const firstNodes = new Uint32Array(shape.slots.length);
  const gathers = shape.facts === undefined ? undefined : rankGathering(batch.hosts, gathering);
  let next = start + 1;
  for (const [index, slot] of shape.slots.entries()) {
    if (meetsBefore(shape, index)) next++;
    firstNodes[index] = next;
    if (index === shape.facts && gathers !== undefined) next += gathers.filter((rank) => rank >= 0).length;
    else next += slot.kind === 'once' ? 1 : batch.hosts.length;
  }
  return { ...batch, start, end: next, firstNodes, gathers };
}

function rankGathering(
  hosts: readonly number[],
  gathering: ReadonlySet<number> | undefined,
): Int32Array | undefined {
  if (gathering === undefined || hosts.every((host) => gathering.has(host))) return undefined;
  let rank = 0;
  return Int32Array.from(hosts, (host) => (gathering.has(host) ? rank++ : -1));
}

/**
 * Whether a linear join stands before a slot: its id is one less than the slot's first node. A `once` slot is a
 * meeting itself, and so is one before.
 */
export function meetsBefore(shape: LaneShape, index: number): boolean {
  const slot = shape.slots[index];
  if (slot === undefined || !slot.meets || slot.kind === 'once') return false;
  const [first] = slot.deps;
  return first !== undefined && first.slot !== batchStart && shape.slots[first.slot]?.kind !== 'once';
}

/**
 * The node of a slot for the host at a position of the batch. For a host that gathers no facts the start of the batch
 * stands in for the gathering.
 */
export function nodeAt(layout: BatchLayout, shape: LaneShape, slot: number, position: number): NodeId {
  if (slot === batchStart) return layout.start;
  const first = layout.firstNodes[slot] ?? 0;
  if (slot === shape.facts && layout.gathers !== undefined) {
    const rank = layout.gathers[position] ?? -1;
    return rank < 0 ? layout.start : first + rank;
  }
  return shape.slots[slot]?.kind === 'once' ? first : first + position;
}

function positionsOf(batches: readonly BatchLayout[]): PlayLayout['positions'] {
  const positions = new Map<number, { batch: BatchLayout; position: number }>();
  for (const batch of batches)
    for (const [position, host] of batch.hosts.entries()) positions.set(host, { batch, position });
  return positions;
}
