import type { BlockNode, Edge, EdgeReason } from '../model/plan.ts';
import type { BlockMember, StepMember } from './play-tree.ts';

/** The slot number that stands for the start of the batch. */
export const batchStart = -1;

/** Why a slot waits for another slot of the same lane (or for `batchStart`). */
export interface SlotDep {
  readonly slot: number;
  readonly kind: Edge['kind'];
  readonly why: EdgeReason;
}

/** A need of a step outside its own lane. */
export interface OutsideNeed {
  /** Index of the play that holds the step. */
  readonly play: number;
  readonly member: StepMember | BlockMember;
  readonly hosts: 'same' | 'all';
  readonly kind: 'ok' | 'end';
}

/**
 * One node of a lane before it is stamped for each host: every host of a play goes the same way, so order is worked
 * out once for the play. A `once` slot becomes one node a batch, the others one node a host.
 */
export interface Slot {
  readonly kind: 'instance' | 'once' | 'items' | 'handler' | 'block' | 'consume';
  /** Index of the step; -1 for a block's boundary. */
  readonly step: number;
  /** Index of the block, of one that consumes too; -1 for a step. */
  readonly block: number;
  readonly part: BlockNode['part'];
  deps: readonly SlotDep[];
  outside: readonly OutsideNeed[];
  /** What a `join` step waits for while it runs. */
  joins?: { readonly needs: readonly OutsideNeed[]; readonly isTimed: boolean } | undefined;
  /** Whether the hosts of the batch meet before it (strategy `linear`). */
  meets: boolean;
}

/** The first and the last slot of a member; for a flush the slots of all its handlers in between. */
export interface Span {
  readonly entry: number;
  readonly exit: number;
}

/** A play's lane: its slots, where each member stands in them, and which slots its end waits for. */
export interface LaneShape {
  readonly slots: readonly Slot[];
  readonly spans: ReadonlyMap<object, Span>;
  /** The slot that gathers facts; only hosts whose facts were not gathered by an earlier play have a node there. */
  readonly facts: number | undefined;
  readonly ends: readonly number[];
}
