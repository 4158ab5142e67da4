import type { NodeId } from '../model/plan.ts';
import type { StepOutcome } from '../model/step-run.ts';
import type { Value } from '../model/value.ts';
import type { ItemsWork } from './options.ts';

/** A parallel loop whose items are under way. */
export interface ItemLoop {
  readonly work: ItemsWork;
  /** Items at a time at most. */
  readonly width: number;
  readonly started: Set<NodeId>;
  /** Nodes that have not ended. */
  open: number;
  /** Items that are ready and wait for an earlier one to end. */
  readonly heldBack: NodeId[];
  /** By item: what is registered while it is worked on. */
  readonly locals: readonly Map<string, Value>[];
  /** By item. */
  readonly outcomes: (StepOutcome | undefined)[];
  failed: boolean;
  cancelled: boolean;
}

/** All parallel loops under way, by their node. */
export interface ItemLoops {
  readonly byParent: Map<NodeId, ItemLoop>;
}
