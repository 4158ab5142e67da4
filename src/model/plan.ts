import type { Diagnostic } from './diagnostic.ts';
import type { Place } from './place.ts';
import type { EdgeReason, NodeId, PlanNode } from './plan-node.ts';
import type { Declarations, Keywords, StepAction } from './playbook.ts';
import type { RoleIdentity, StepOrigin } from './reuse.ts';
import type { Value } from './value.ts';
import type { VariableLayer } from './variables.ts';

export type {
  BlockNode,
  ConsumeNode,
  Edge,
  EdgeReason,
  HandlerNode,
  InstanceNode,
  ItemNode,
  ItemsNode,
  Joined,
  JoinNode,
  NodeId,
  OnceNode,
  PlanNode,
} from './plan-node.ts';

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
  /** Set where the step comes from a task file or a role; its name then begins with the role's. */
  readonly origin?: StepOrigin | undefined;
  /** Of a parallel loop: indexes of the steps that follow each item. They have nodes in fragments only. */
  readonly callbacks?:
    | { readonly success: readonly number[]; readonly failure: readonly number[] }
    | undefined;
  /** Of a step that includes others: what they inherit from what is around it. */
  readonly around?: Keywords | undefined;
  /** Of a step that was included in the run: the step that did so. */
  readonly includedBy?: number | undefined;
  /** Of a step that brings the passes of a block: the steps that are selected of one, in order of writing. */
  readonly brings?: readonly BroughtStep[] | undefined;
  /** Of a step in passes of blocks: which ones, outermost first, as they are shown: `alice, attempt 2 of 3`. */
  readonly pass?: string | undefined;
  /** How many includes are around it. */
  readonly depth?: number | undefined;
  /**
   * Set on the step that stands for handlers which are known only in the run: those that includes brought (`added`),
   * or, where a flush was included, all of the play.
   */
  readonly flushes?: 'added' | 'all' | undefined;
}

/** A step that is known before the run, and comes into it with a pass of its block. */
export interface BroughtStep {
  readonly title: string;
  readonly id?: string | undefined;
  readonly tags: readonly string[];
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
  /** Whether it is one attempt at a block with `retries`, behind which another may come: that takes up its failure. */
  readonly isRetried?: boolean | undefined;
  /**
   * Of a block with `consume` or `repeat`: the nodes of one item or pass, ids and edges counted from 0, on host 0 of play 0. The first is the
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
  /** The host pattern as written. */
  readonly pattern: string;
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
  /** Set where the hosts are known only when the play is reached; its batches are empty until then. */
  readonly late?: LatePlay | undefined;
}

/** A play whose hosts earlier plays may add or group: how they are chosen, and the way of each of them. */
export interface LatePlay {
  /** The host pattern, rendered. */
  readonly pattern: string;
  readonly limit?: string | undefined;
  readonly order: 'inventory' | 'reverse_inventory' | 'sorted' | 'reverse_sorted' | 'shuffle';
  /** Sizes of batches, rendered. */
  readonly serial: readonly Value[];
  readonly slots: readonly LaneSlot[];
  /** The slot that gathers facts, and the hosts that do not need it. */
  readonly facts?: number | undefined;
  readonly served: readonly number[];
  /** Slots that the end of a batch waits for. */
  readonly ends: readonly number[];
}

/** One node of a lane before it is made for each host. Slots are named by their index; -1 is the start of the batch. */
export interface LaneSlot {
  readonly kind: 'instance' | 'once' | 'items' | 'handler' | 'block' | 'consume';
  /** Index of the step; -1 for a block's boundary. */
  readonly step: number;
  /** Index of the block; -1 for a step. */
  readonly block: number;
  readonly part: 'begin' | 'rescue' | 'always' | 'end';
  readonly deps: readonly {
    readonly slot: number;
    readonly kind: 'ok' | 'end' | 'failed';
    readonly why: EdgeReason;
  }[];
  /** Slots that it needs on all hosts. */
  readonly everywhere: readonly { readonly slot: number; readonly kind: 'ok' | 'end' }[];
  readonly joins?: { readonly slots: readonly number[]; readonly isTimed: boolean } | undefined;
  readonly meets: boolean;
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

/** A step's title with the pass that the step stands in: `copy [alice]`. */
export function titleInPass(step: PlanStep, title: string = stepTitle(step)): string {
  return step.pass === undefined ? title : `${title} [${step.pass}]`;
}

/** The role that a step belongs to, where it belongs to one. */
export function roleOf(step: PlanStep): RoleIdentity | undefined {
  return step.origin?.roles[0];
}

/** How messages call a step: by its name, else its id, else by what it does. */
export function stepLabel(step: PlanStep): string {
  return step.name ?? step.id ?? stepTitle(step);
}

/** How messages call a block: by its name, else its id, else by its line: `block "deploy"`, `the block at line 7`. */
export function blockLabel(block: PlanBlock | undefined): string {
  const title = block?.name ?? block?.id;
  if (title !== undefined) return `block "${title}"`;
  return block === undefined ? 'a block' : `the block at line ${block.at.line}`;
}

/** What a step without a module does, in the words of the playbook: `wait: ready`. */
function coordinationTitle({ barrier, wait, set, clear }: Keywords): string {
  const events = (list: readonly { readonly event: string }[]) => list.map(({ event }) => event).join(', ');
  if (barrier !== undefined) return `barrier: ${barrier}`;
  if (wait !== undefined) return `wait: ${events(wait)}`;
  if (set !== undefined) return `set: ${events(set)}`;
  return clear === undefined ? 'nothing' : `clear: ${events(clear)}`;
}
