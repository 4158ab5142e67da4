import { whyPasses } from '../model/listed-steps.ts';
import type { BroughtStep, ConsumeNode, Edge, EdgeReason, Plan, PlanNode, PlanStep } from '../model/plan.ts';
import { stepTitle } from '../model/plan.ts';

/** All nodes of one step (or block part) taken together. */
export interface GraphGroup {
  readonly id: string;
  readonly kind: 'step' | 'once' | 'items' | 'handler' | 'block' | 'consume';
  readonly title: string;
  readonly play: number;
  /** How many blocks are around it. */
  readonly depth: number;
  readonly part?: 'begin' | 'rescue' | 'always' | 'end' | undefined;
  readonly background?: 'wait' | 'daemon' | undefined;
  /** Of the passes of a block: why there are more, and the steps of one. */
  readonly brings?: { readonly how: string; readonly steps: readonly string[] } | undefined;
  /** Of a consumer: its queue, and the steps that it does for each item. */
  readonly consumes?: { readonly queue: string; readonly steps: readonly string[] } | undefined;
  /** On how many hosts it stands; for `once`, of how many it is run on one. */
  hosts: number;
  /** On how many hosts its `when` is known to be false. */
  skipped: number;
}

/** An order between groups. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: Edge['kind'];
  readonly why: EdgeReason;
  /** Whether hosts wait for other hosts there. */
  readonly isAcross: boolean;
}

/** An event between groups. */
export interface GraphEvent {
  readonly event: string;
  readonly setters: readonly string[];
  readonly waiters: readonly string[];
}

/** A play as a graph shows it. */
export interface GraphPlay {
  readonly index: number;
  readonly name: string;
  readonly hosts: number;
  /** Sizes of the batches, where there is more than one. */
  readonly batches: readonly number[];
  readonly strategy: 'free' | 'linear';
  readonly follows: readonly number[];
}

/** A plan as people look at it: a node for each step, not for each host. Joins are drawn as the edges they stand for. */
export interface GraphModel {
  readonly plays: readonly GraphPlay[];
  readonly groups: readonly GraphGroup[];
  readonly edges: readonly GraphEdge[];
  readonly events: readonly GraphEvent[];
}

/** Gathers the nodes of a plan into groups. Its size depends on the number of steps alone. */
export function graphModel(plan: Plan): GraphModel {
  const groups = new Map<string, GraphGroup>();
  const groupOf = new GroupFinder(plan, groups);
  const edges = new Map<string, GraphEdge>();
  for (const node of plan.nodes) {
    const to = groupOf.find(node);
    if (to === undefined) continue;
    for (const edge of node.after) addEdge(plan, groupOf, edges, node, to, edge);
    const joined = 'joins' in node ? (node.joins?.nodes ?? []) : [];
    for (const from of joined) addEdge(plan, groupOf, edges, node, to, { from, kind: 'end', why: 'join' });
  }
  return {
    plays: plan.plays.map((play) => ({
      index: play.index,
      name: play.name,
      hosts: play.batches.flat().length,
      batches: play.batches.length > 1 ? play.batches.map((batch) => batch.length) : [],
      strategy: play.strategy,
      follows: play.follows,
    })),
    groups: [...groups.values()],
    edges: [...edges.values()],
    events: plan.eventLinks.map(({ event, setters, waiters }) => ({
      event,
      setters: groupOf.ids(setters),
      waiters: groupOf.ids(waiters),
    })),
  };
}

function addEdge(
  plan: Plan,
  groupOf: GroupFinder,
  edges: Map<string, GraphEdge>,
  node: PlanNode,
  to: string,
  edge: Edge,
): void {
  const source = plan.nodes[edge.from];
  if (source === undefined) return;
  if (source.kind === 'join') {
    if (source.purpose !== 'all') return;
    for (const inner of source.after)
      addEdge(plan, groupOf, edges, node, to, edge.why === 'join' ? { ...inner, why: 'join' } : inner);
    return;
  }
  const from = groupOf.find(source);
  if (from === undefined) return;
  const isAcross = hostOf(source) !== hostOf(node);
  const key = `${from} ${to} ${edge.why}`;
  const known = edges.get(key);
  if (known === undefined || (isAcross && !known.isAcross))
    edges.set(key, { from, to, kind: edge.kind, why: edge.why, isAcross });
}

function hostOf(node: PlanNode): number | undefined {
  return 'host' in node ? node.host : undefined;
}

/** Finds, and makes, the group of a node. */
class GroupFinder {
  readonly #plan: Plan;
  readonly #groups: Map<string, GraphGroup>;
  readonly #ids: (string | undefined)[] = [];
  /** By handler and host: at how many flush points it was met. */
  readonly #flushes = new Map<string, number>();

  constructor(plan: Plan, groups: Map<string, GraphGroup>) {
    this.#plan = plan;
    this.#groups = groups;
    for (const node of plan.nodes) this.#ids[node.id] = this.#place(node);
  }

  find(node: PlanNode): string | undefined {
    return this.#ids[node.id];
  }

  ids(nodes: readonly number[]): string[] {
    return [...new Set(nodes.flatMap((node) => this.#ids[node] ?? []))];
  }

  #place(node: PlanNode): string | undefined {
    if (node.kind === 'join') return undefined;
    const id = this.#idOf(node);
    const group = this.#groups.get(id) ?? this.#make(id, node);
    this.#groups.set(id, group);
    group.hosts += node.kind === 'once' ? node.hosts.length : 1;
    if ('skip' in node && node.skip !== undefined)
      group.skipped += node.kind === 'once' ? node.hosts.length : 1;
    return id;
  }

  #idOf(node: Exclude<PlanNode, { kind: 'join' }>): string {
    if (node.kind === 'block') return `b${node.block}${node.part}`;
    if (node.kind !== 'handler') return `s${node.step}`;
    const key = `${node.step}@${node.host}`;
    const flush = this.#flushes.get(key) ?? 0;
    this.#flushes.set(key, flush + 1);
    return `s${node.step}f${flush}`;
  }

  #make(id: string, node: Exclude<PlanNode, { kind: 'join' }>): GraphGroup {
    const { play } = node;
    if (node.kind === 'block') {
      const block = this.#plan.blocks[node.block];
      const title = block?.id ?? block?.name ?? `block at line ${block?.at.line}`;
      const background = block?.keywords.background;
      const depth = this.#depth(block?.parent) + (node.part === 'begin' || node.part === 'end' ? 0 : 1);
      return { id, kind: 'block', title, play, depth, part: node.part, background, hosts: 0, skipped: 0 };
    }
    const step = this.#plan.steps[node.step];
    const title = step === undefined ? id : (step.id ?? stepTitle(step));
    const kind = node.kind === 'instance' || node.kind === 'item' ? 'step' : node.kind;
    const depth = this.#depth(step?.block) + (step?.part === 'rescue' || step?.part === 'always' ? 1 : 0);
    const group: GraphGroup = {
      id,
      kind,
      title,
      play,
      depth,
      background: step?.keywords.background,
      hosts: 0,
      skipped: 0,
    };
    if (step?.brings !== undefined) return { ...group, brings: passesOf(step, step.brings) };
    return node.kind === 'consume' ? { ...group, consumes: this.#consumedBy(node) } : group;
  }

  #consumedBy({ block }: ConsumeNode): GraphGroup['consumes'] {
    const { keywords, pass = [] } = this.#plan.blocks[block] ?? {};
    if (keywords?.consume === undefined) return undefined;
    const steps = pass.flatMap((node) => ('step' in node ? (this.#plan.steps[node.step] ?? []) : []));
    return { queue: keywords.consume.queue, steps: steps.map((step) => step.id ?? stepTitle(step)) };
  }

  #depth(block: number | undefined): number {
    let depth = 0;
    for (let index = block; index !== undefined; index = this.#plan.blocks[index]?.parent) depth++;
    return depth;
  }
}

function passesOf(step: PlanStep, brought: readonly BroughtStep[]): GraphGroup['brings'] {
  return { how: whyPasses(step), steps: brought.map(({ id, title }) => id ?? title) };
}
