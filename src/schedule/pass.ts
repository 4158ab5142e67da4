import type { ConsumeNode, NodeId } from '../model/plan.ts';
import type { Value } from '../model/value.ts';
import type { NodeEnd } from './graph.ts';

/** The work on one item of a queue: one pass through the block of a consumer. */
export interface Pass {
  readonly id: NodeId;
  readonly consumer: ConsumeNode;
  readonly item: Value;
  /** Of a repeated block: how many passes were before. */
  readonly number: number;
  /** The item, and what steps of the pass have registered; undefined where steps register for their host. */
  readonly locals: Map<string, Value> | undefined;
  readonly end: NodeId;
  finish(end: NodeEnd): void;
}
