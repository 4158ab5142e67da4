import type { IncludedPart, IncludeSite } from '../model/include.ts';
import type { NodeId, PlanNode } from '../model/plan.ts';
import type { IncludedBlock } from './included-block.ts';
import { stampLane } from './stamp-lane.ts';

/** The nodes of included steps, and where they begin and end on each host. */
export interface StampedBlock {
  readonly nodes: readonly PlanNode[];
  /** By position of the host. */
  readonly parts: readonly IncludedPart[];
  readonly nextId: NodeId;
}

/**
 * Makes the nodes of an included block for the hosts of a site.
 *
 * @param before By position: what the block follows, the end of the one before it; empty for the first.
 */
export function stampIncluded(
  { slots, block = 0, background }: IncludedBlock,
  { step, batch, hosts, priority, pass }: IncludeSite,
  firstId: NodeId,
  before: readonly NodeId[],
): StampedBlock {
  const first = slots[0];
  const follows = { slot: -1, kind: 'ok', why: 'order' } as const;
  const lane = first === undefined ? slots : [{ ...first, deps: [follows] }, ...slots.slice(1)];
  const stamped = stampLane(lane, {
    play: step.play,
    batch,
    hosts,
    priority,
    pass,
    firstId,
    ...(before.length > 0 && { start: before }),
  });
  const { nodes, nextId, at } = stamped;
  const last = slots.length - 1;
  const parts = hosts.map((_, position) => ({
    block,
    begin: at(0, position) ?? firstId,
    end: at(last, position) ?? firstId,
    background: background.flatMap((slot) => at(slot, position) ?? []),
  }));
  return { nodes, parts, nextId };
}
