import type { Diagnostic } from './diagnostic.ts';
import type { Place } from './place.ts';
import type { Declarations, Keywords, StepAction } from './playbook.ts';
import type { Value } from './value.ts';
import type { VariableLayer } from './variables.ts';

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
   * `accept: ended`; and for the items of a parallel loop.
   */
  readonly purpose: 'play-start' | 'batch-start' | 'batch-end' | 'play-end' | 'linear' | 'all';
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

/** A step or handler with every inherited keyword folded in; shared by all its instances. */
export interface PlanStep {
  readonly index: number;
  readonly play: number;
  readonly id?: string | undefined;
  /** As written; may be a template. */
  readonly name?: string | undefined;
  readonly at: Place;
  readonly section: 'pre_tasks' | 'steps' | 'post_tasks' | 'handlers' | 'facts';
  readonly action: Exclude<StepAction, { readonly type: 'block' }>;
  readonly keywords: Keywords;
  /** Variables of enclosing blocks and of the step itself, outermost first. */
  readonly layers: readonly VariableLayer[];
  /** The innermost enclosing block, if any. */
  readonly block?: number | undefined;
  /** Which list of that block holds it. */
  readonly part?: BlockPart | undefined;
  /** Whether a failure is taken up by the `rescue` of an enclosing block. */
  readonly rescuable: boolean;
  readonly places: Readonly<Record<string, Place>>;
  /** Of a parallel loop: indexes of the steps that follow each item. They have nodes in fragments only. */
  readonly callbacks?:
    | { readonly success: readonly number[]; readonly failure: readonly number[] }
    | undefined;
}

/** One of the three lists of a block. */
export type BlockPart = 'body' | 'rescue' | 'always';

/** A block that stands in the plan. */
export interface PlanBlock {
  readonly index: number;
  readonly play: number;
  readonly parent?: number | undefined;
  /** Which list of the parent holds it. */
  readonly part?: BlockPart | undefined;
  /** Variables of enclosing blocks and of the block itself, outermost first: for the `key` of its limits. */
  readonly layers?: readonly VariableLayer[] | undefined;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly at: Place;
  /** Gates and limits of the block as a whole: taken at `begin`, given back at `end`. */
  readonly keywords: Keywords;
  readonly hasRescue: boolean;
  /**
   * Of a block with `consume`: the nodes of one item, ids and edges counted from 0, on host 0 of play 0. The first is the
   * block's begin, the last its end.
   */
  readonly pass?: readonly PlanNode[] | undefined;
  readonly places?: Readonly<Record<string, Place>> | undefined;
}

/** A play in the plan. */
export interface PlanPlay {
  readonly index: number;
  readonly id?: string | undefined;
  readonly name: string;
  readonly at: Place;
  readonly dialect: 'native' | 'ansible';
  /** Host indexes, one list for each serial batch. */
  readonly batches: readonly (readonly number[])[];
  readonly strategy: 'free' | 'linear';
  readonly maxFailPercentage?: number | undefined;
  readonly forceHandlers: boolean;
  readonly keywords: Keywords;
  readonly layers: readonly VariableLayer[];
  readonly dynamicVarsFiles?: readonly Value[] | undefined;
  /** Plays that this one is ordered behind, directly. */
  readonly follows: readonly number[];
  /** Step indexes of the handlers in order of definition. */
  readonly handlers: readonly number[];
}

/**
 * Who sets and who waits for an event, for the graph and for reports; dispatch asks the coordinator. A block waits at its
 * `begin` and sets at its `end`. Nodes that are skipped before the run are not among them.
 */
export interface EventLink {
  readonly event: string;
  readonly setters: readonly NodeId[];
  readonly waiters: readonly NodeId[];
}

/** The compiled DAG: frozen data that can be written to a file and read back. */
export interface Plan {
  readonly version: 1;
  readonly name: string;
  readonly file: string;
  readonly dialect: 'native' | 'ansible';
  readonly hosts: readonly string[];
  readonly plays: readonly PlanPlay[];
  readonly steps: readonly PlanStep[];
  readonly blocks: readonly PlanBlock[];
  readonly nodes: readonly PlanNode[];
  readonly declarations: Declarations;
  readonly eventLinks: readonly EventLink[];
  /** Variables that hold for every play and host: playbook vars, params and `-e`. */
  readonly layers: readonly VariableLayer[];
  /** Events that are set before the run: `--assume-set`, and those that steps left behind by `--start-at` set. */
  readonly presetEvents?: readonly string[] | undefined;
  /** Templates in keys and timeouts of locks and the like, rendered. */
  readonly texts?: PlanTexts | undefined;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Rendered texts: by owner (`step 3`, `block 1`, `play 0`), by the text as written, by host. One that is the same on all
 * hosts stands under an empty host name.
 */
export type PlanTexts = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

/** A text as it is for an owner on a host: rendered before the run where it is a template, else as written. */
export function plannedText({ texts }: Plan, owner: string, text: string, host: string): string {
  const byHost = texts?.[owner]?.[text];
  return byHost?.[host] ?? byHost?.[''] ?? text;
}

/**
 * What an unexpanded node became: nodes to add, and the ids that stand for its end. Nodes of a fragment have no edge to
 * the node they came from: they may start as soon as they are added.
 */
export interface Fragment {
  readonly nodes: readonly PlanNode[];
  /** The expanded node has ended when all of these have. */
  readonly ends: readonly NodeId[];
}

/** The name shown for a step: its own, else its module's. */
export function stepTitle(step: PlanStep): string {
  if (step.name !== undefined) return step.name;
  return step.action.type === 'module' ? step.action.written : (step.id ?? coordinationTitle(step.keywords));
}

/** How messages call a step: by its name, else its id, else by what it does. */
export function stepLabel(step: PlanStep): string {
  return step.name ?? step.id ?? stepTitle(step);
}

/** What a step without a module does, in the words of the playbook: `wait: ready`. */
function coordinationTitle({ barrier, wait, set, clear }: Keywords): string {
  const events = (list: readonly { readonly event: string }[]) => list.map(({ event }) => event).join(', ');
  if (barrier !== undefined) return `barrier: ${barrier}`;
  if (wait !== undefined) return `wait: ${events(wait)}`;
  if (set !== undefined) return `set: ${events(set)}`;
  return clear === undefined ? 'nothing' : `clear: ${events(clear)}`;
}
