import type { ConsumeNode, EventLink, NodeId, PlanBlock, PlanNode, PlanStep } from '../model/plan.ts';
import type { EventSet, EventWait } from '../model/playbook.ts';
import { consumerAround } from './consume-pass.ts';
import { type Digraph, digraph, indegrees } from './graph.ts';
import type { Meeting } from './meetings.ts';

/** A step or block that sets an event, with all its nodes that may. */
export interface Setter {
  readonly event: string;
  readonly set: EventSet;
  readonly nodes: readonly NodeId[];
}

/** A step or block that waits for an event, with all its nodes that do. */
export interface Waiter {
  readonly event: string;
  readonly wait: EventWait;
  readonly nodes: readonly NodeId[];
}

/** Who sets and who waits, of what was selected; nodes that a `when` decided before the run skips are not among them. */
export interface EventUses {
  readonly setters: readonly Setter[];
  readonly waiters: readonly Waiter[];
  /** Steps and blocks that name an event in `set` and all of whose nodes are skipped. */
  readonly idleSetters: readonly Setter[];
  readonly clears: readonly EventSet[];
}

/** Collects the uses of events. A block waits at its begin and sets at its end. */
export function collectEventUses(
  nodes: readonly PlanNode[],
  steps: readonly PlanStep[],
  blocks: readonly PlanBlock[],
): EventUses {
  const acting = groupNodes(nodes, { steps, blocks });
  const setters: Setter[] = [];
  const waiters: Waiter[] = [];
  const idleSetters: Setter[] = [];
  const add = (owner: PlanStep | PlanBlock, starts: readonly NodeId[], ends: readonly NodeId[]): void => {
    for (const wait of owner.keywords.wait ?? [])
      if (starts.length > 0) waiters.push({ event: wait.event, wait, nodes: starts });
    for (const set of owner.keywords.set ?? [])
      (ends.length > 0 ? setters : idleSetters).push({ event: set.event, set, nodes: ends });
  };
  for (const step of steps) add(step, acting.steps[step.index] ?? [], acting.steps[step.index] ?? []);
  for (const block of blocks) add(block, acting.begins[block.index] ?? [], acting.ends[block.index] ?? []);
  const clears = [...steps, ...blocks].flatMap((owner) => owner.keywords.clear ?? []);
  return { setters, waiters, idleSetters, clears };
}

interface Tables {
  readonly steps: readonly PlanStep[];
  readonly blocks: readonly PlanBlock[];
}

interface ActingNodes {
  readonly steps: NodeId[][];
  readonly begins: NodeId[][];
  readonly ends: NodeId[][];
}

function groupNodes(nodes: readonly PlanNode[], tables: Tables): ActingNodes {
  const [stepCount, blockCount] = [tables.steps.length, tables.blocks.length];
  const empty = (count: number): NodeId[][] => Array.from({ length: count }, () => []);
  const acting: ActingNodes = { steps: empty(stepCount), begins: empty(blockCount), ends: empty(blockCount) };
  for (const node of nodes) {
    if (node.kind === 'join') continue;
    if (node.kind === 'consume') addInside(acting, node, tables);
    if (node.kind === 'block') {
      if (node.part === 'begin' && node.skip === undefined) acting.begins[node.block]?.push(node.id);
      if (node.part === 'end') acting.ends[node.block]?.push(node.id);
    } else if (!('skip' in node) || node.skip === undefined) acting.steps[node.step]?.push(node.id);
  }
  return acting;
}

/** What stands in a block that consumes acts by the consumer's node. */
function addInside(acting: ActingNodes, node: ConsumeNode, { steps, blocks }: Tables): void {
  if (node.skip !== undefined) return;
  for (const step of steps)
    if (consumerAround(blocks, step)?.index === node.block) acting.steps[step.index]?.push(node.id);
  for (const block of blocks) {
    if (consumerAround(blocks, { block: block.index })?.index !== node.block) continue;
    acting.begins[block.index]?.push(node.id);
    acting.ends[block.index]?.push(node.id);
  }
}

/** Setters and waiters by event, for the plan; events that nothing waits for are listed as well. */
export function eventLinks(uses: EventUses): EventLink[] {
  const links = new Map<string, { setters: Set<NodeId>; waiters: Set<NodeId> }>();
  const linkOf = (event: string): { setters: Set<NodeId>; waiters: Set<NodeId> } => {
    const known = links.get(event) ?? { setters: new Set(), waiters: new Set() };
    links.set(event, known);
    return known;
  };
  for (const { event, nodes } of uses.setters) for (const node of nodes) linkOf(event).setters.add(node);
  for (const { event, nodes } of uses.waiters) for (const node of nodes) linkOf(event).waiters.add(node);
  return [...links].map(([event, { setters, waiters }]) => ({
    event,
    setters: [...setters],
    waiters: [...waiters],
  }));
}

/**
 * The order of the whole plan as one graph: its nodes first, then one for each setting step, each event and each meeting.
 * A node needs all before it, a setter all of its instances (`after: first`: one), an event one of its setters, a meeting
 * what is before any of its nodes.
 */
export interface OrderGraph {
  readonly graph: Digraph;
  /** How many predecessors each node needs; see `settle`. */
  readonly quorum: Uint32Array;
  /** What stands behind the plan's nodes: index minus the number of nodes. */
  readonly extras: readonly (
    | { readonly type: 'setter'; readonly setter: Setter }
    | { readonly type: 'event'; readonly event: string }
    | { readonly type: 'meeting'; readonly meeting: Meeting }
  )[];
}

/** Builds the order graph. Waits for an event in `ignored` (set from outside or before), or that may time out, are left out. */
export function orderGraph(
  nodes: readonly PlanNode[],
  uses: EventUses,
  ignored: ReadonlySet<string>,
  meetings: readonly Meeting[] = [],
): OrderGraph {
  const from: number[] = [];
  const to: number[] = [];
  for (const node of nodes)
    for (const edge of node.after) {
      from.push(edge.from);
      to.push(node.id);
    }
  addJoins({ from, to }, nodes);
  const extras: OrderGraph['extras'][number][] = [];
  const anyOf: number[] = [];
  const events = new Map<string, number>();
  const eventNode = (event: string): number => {
    const known = events.get(event);
    if (known !== undefined) return known;
    const id = nodes.length + extras.push({ type: 'event', event }) - 1;
    events.set(event, id);
    anyOf.push(id);
    return id;
  };
  for (const setter of uses.setters) {
    if (ignored.has(setter.event)) continue;
    const id = nodes.length + extras.push({ type: 'setter', setter }) - 1;
    if (setter.set.after === 'first') anyOf.push(id);
    for (const node of setter.nodes) push(from, to, node, id);
    push(from, to, id, eventNode(setter.event));
  }
  for (const { event, wait, nodes: waiting } of uses.waiters) {
    const source = events.get(event);
    if (source === undefined || wait.onTimeout === 'continue') continue;
    for (const node of waiting) push(from, to, source, node);
  }
  addMeetings({ from, to, extras, size: nodes.length }, meetings);
  const graph = digraph(nodes.length + extras.length, from, to);
  const quorum = indegrees(graph);
  for (const id of anyOf) quorum[id] = Math.min(1, quorum[id] ?? 0);
  return { graph, quorum, extras };
}

interface Edges {
  readonly from: number[];
  readonly to: number[];
  readonly extras: OrderGraph['extras'][number][];
  /** How many nodes the plan has. */
  readonly size: number;
}

function addJoins({ from, to }: Pick<Edges, 'from' | 'to'>, nodes: readonly PlanNode[]): void {
  for (const node of nodes) {
    const joins = 'joins' in node ? node.joins : undefined;
    if (joins?.isTimed === false) for (const source of joins.nodes) push(from, to, source, node.id);
  }
}

function addMeetings({ from, to, extras, size }: Edges, meetings: readonly Meeting[]): void {
  if (meetings.length === 0) return;
  const before = sourcesOf(from, to);
  for (const meeting of meetings) {
    const id = size + extras.push({ type: 'meeting', meeting }) - 1;
    for (const node of meeting.nodes) {
      for (const source of before[node] ?? []) push(from, to, source, id);
      push(from, to, id, node);
    }
  }
}

function sourcesOf(from: readonly number[], to: readonly number[]): number[][] {
  const sources: number[][] = [];
  for (const [index, target] of to.entries()) {
    const list = sources[target] ?? [];
    sources[target] = list;
    list.push(from[index] ?? 0);
  }
  return sources;
}

function push(from: number[], to: number[], source: number, target: number): void {
  from.push(source);
  to.push(target);
}
