import type { Value } from './value.ts';

/** A node's index in `Plan.nodes`; nodes of a fragment follow on. */
export type NodeId = number;

/**
 * Why a node waits for another. `ok`: the source must be ok, changed, skipped, ignored or rescued, else the node is
 * cancelled. `end`: the source must only have ended. `failed`: the node runs only if the source failed (rescue).
 *
 * A node is settled (started, cancelled, found not needed) only when all its sources have ended, so that a node that
 * has ended stands for everything before it. Of several `failed` edges one failed source is enough.
 * An `ok` edge from a node that was not needed (a rescue without a failure, and what follows it) makes its target not
 * needed too.
 */
export interface Edge {
  readonly from: NodeId;
  readonly kind: 'ok' | 'end' | 'failed';
  readonly why: EdgeReason;
}

/** The rule that made an edge, for `graph` and for messages. */
export type EdgeReason =
  | 'order'
  | 'needs'
  | 'play'
  | 'batch'
  | 'linear'
  | 'block'
  | 'rescue'
  | 'always'
  | 'run_once'
  | 'handlers'
  | 'facts'
  | 'join';

interface NodeBase {
  readonly id: NodeId;
  readonly play: number;
  /** Index of the serial batch in its play. */
  readonly batch: number;
  readonly after: readonly Edge[];
  /** The longest remaining path, in nodes: a higher one is started first. */
  readonly priority: number;
  /** In a fragment of a `consume` node: the begin of the block, which stands for the item that the node is about. */
  readonly pass?: NodeId | undefined;
}

/** One step on one host. */
export interface InstanceNode extends NodeBase {
  readonly kind: 'instance';
  readonly step: number;
  readonly host: number;
  /** Set where `when` was decided at compile time: the condition that is false. The node takes nothing and is skipped. */
  readonly skip?: string | undefined;
  readonly joins?: Joined | undefined;
}

/** What a `join` step waits for while it runs: not edges, as it may give up waiting. */
export interface Joined {
  /** Nodes of steps and blocks, or joins that stand for a step on all its hosts. */
  readonly nodes: readonly NodeId[];
  /** Whether the author gave a timeout. */
  readonly isTimed: boolean;
}

/** A `run_once` step: runs on the first live host of its batch, registers for all of them. */
export interface OnceNode extends NodeBase {
  readonly kind: 'once';
  readonly step: number;
  /** The batch's hosts in order. */
  readonly hosts: readonly number[];
  readonly skip?: string | undefined;
  readonly joins?: Joined | undefined;
}

/**
 * A handler on a host at one flush point. Runs only if notified since it last ran; else it ends in no count. A handler
 * that nothing can have notified by then has no node there.
 */
export interface HandlerNode extends NodeBase {
  readonly kind: 'handler';
  readonly step: number;
  readonly host: number;
}

/**
 * A meeting of many hosts without work of its own.
 * `play-start` and `batch-start` decide whether what is behind them may start (semantics 2.4).
 */
export interface JoinNode extends NodeBase {
  readonly kind: 'join';
  /**
   * The order is play-start, batch-start, the lanes, batch-end, the next batch-start, ..., play-end. Lanes follow
   * batch-start by `ok`; the others follow each other, and the ends of the lanes, by `end`. `linear`: hosts meet between
   * two steps, reached by `end`. `all`: stands for a step on all its hosts (`needs`), reached by `ok`, or by `end` where
   * `accept: ended`; and for the items of a parallel loop. `late`: stands between the start and the end of a play whose
   * hosts are known only when it is reached, for all its batches.
   */
  readonly purpose: 'play-start' | 'batch-start' | 'batch-end' | 'play-end' | 'linear' | 'all' | 'late';
}

/**
 * A boundary of a block on one host. From outside, a block is its `begin` and its `end`.
 *
 * `rescue` follows `begin` by `ok` and every body member by `failed`. `always` follows `begin` by `ok` and every body
 * member (where there is a rescue: the rescue node and its members) by `end`. `end` follows `begin` by `ok` and every
 * member by `end`; the edge's `why` tells which part a member is of: `block` (the body), `rescue`, `always`.
 * So the outcome of `end` can be read from its edges alone: failed if an `always` source failed, or a `rescue` source
 * failed, or a `block` source failed and the block has no rescue; cancelled if a source of a part that was to run was.
 * A nested block is a member by its `end`; a rescue or always without members stands for itself. Background members are none of these: the end of the lane waits for them.
 */
export interface BlockNode extends NodeBase {
  readonly kind: 'block';
  /** `rescue` is ok when the body failed; `always` when body and rescue have ended; `end` gives the block's outcome. */
  readonly part: 'begin' | 'rescue' | 'always' | 'end';
  readonly block: number;
  readonly host: number;
  /** On `begin`, where the block's `when` was decided at compile time: the block takes no gate and no limit. */
  readonly skip?: string | undefined;
}

/** A loop whose items run beside each other: expands into item nodes when its items are known. */
export interface ItemsNode extends NodeBase {
  readonly kind: 'items';
  readonly step: number;
  readonly host: number;
  readonly skip?: string | undefined;
}

/** One item of a parallel loop; only in fragments. */
export interface ItemNode extends NodeBase {
  readonly kind: 'item';
  readonly step: number;
  readonly host: number;
  readonly parent: NodeId;
  readonly index: number;
  readonly item: Value;
  /** Set on a node of `on_success` or `on_failure`; `loop` is the index of the step whose item it is about. */
  readonly callback?: { readonly on: 'success' | 'failure'; readonly loop: number } | undefined;
}

/**
 * A block with `consume` on one host: gets items from its queue and expands, for each, into the nodes of the block. It
 * ends when the queue is closed and empty, or the host can't go on. Its step stands for the consumer as a whole.
 */
export interface ConsumeNode extends NodeBase {
  readonly kind: 'consume';
  readonly step: number;
  readonly host: number;
  readonly block: number;
  /** Set where the block's `when` was decided at compile time: the host consumes nothing. */
  readonly skip?: string | undefined;
}

/** A node of the DAG. */
export type PlanNode =
  | InstanceNode
  | OnceNode
  | HandlerNode
  | JoinNode
  | BlockNode
  | ItemsNode
  | ItemNode
  | ConsumeNode;
