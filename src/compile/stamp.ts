import type { Edge, EdgeReason, Joined, JoinNode, NodeId, PlanNode } from '../model/plan.ts';
import { Joins } from './all-joins.ts';
import { batchStart, type Slot, type SlotDep } from './lane.ts';
import { type BatchLayout, meetsBefore, nodeAt, type PlanLayout, type PlayLayout } from './layout.ts';

/** Says why a step (or, for a block's begin, the block) is skipped on a host, where that is known before the run. */
export interface SkipDecider {
  ofStep(step: number, host: number): string | undefined;
  ofBlock(block: number, host: number): string | undefined;
}

interface Stamping {
  readonly layout: PlanLayout;
  readonly play: PlayLayout;
  readonly batch: BatchLayout;
  readonly skips: SkipDecider;
  readonly joins: Joins;
  readonly nodes: PlanNode[];
}

/** Makes all nodes of the plan. Their priorities are 0. */
export function stampPlan(
  layout: PlanLayout,
  follows: readonly (readonly number[])[],
  skips: SkipDecider,
): PlanNode[] {
  const nodes: PlanNode[] = [];
  const joins = new Joins(layout);
  for (const play of layout.plays) {
    const before = (follows[play.play] ?? []).map((other) => layout.plays[other]?.end ?? 0);
    nodes.push(join(play.start, play.play, 0, 'play-start', edgesFrom(before, 'end', 'play')));
    let previous = play.late;
    if (play.late !== undefined)
      nodes.push(join(play.late, play.play, 0, 'late', edgesFrom([play.start], 'ok', 'play')));
    for (const batch of play.batches) {
      const after: Edge[] = [{ from: play.start, kind: 'ok', why: 'play' }];
      if (previous !== undefined) after.push({ from: previous, kind: 'end', why: 'batch' });
      nodes.push(join(batch.start, play.play, batch.batch, 'batch-start', after));
      stampBatch({ layout, play, batch, skips, joins, nodes });
      previous = batch.end;
    }
    const lastBatch = Math.max(0, play.batches.length - 1);
    const last: Edge = { from: previous ?? play.start, kind: 'end', why: 'play' };
    nodes.push(join(play.end, play.play, lastBatch, 'play-end', [last]));
  }
  nodes.push(...joins.nodes);
  return nodes;
}

function stampBatch(stamping: Stamping): void {
  const { play, batch, nodes } = stamping;
  for (const [index, slot] of play.shape.slots.entries()) {
    const meeting = meetsBefore(play.shape, index) ? stampMeeting(stamping, index, slot) : undefined;
    if (slot.kind === 'once') nodes.push(onceNode(stamping, index, slot));
    else stampSlot(stamping, index, slot, meeting);
  }
  const ends: Edge[] = [];
  for (const slot of play.shape.ends) pushFromAllHosts(stamping, ends, slot, 'order');
  if (ends.length === 0) ends.push({ from: batch.start, kind: 'end', why: 'batch' });
  nodes.push(join(batch.end, play.play, batch.batch, 'batch-end', ends));
}

/** The join before a step of a linear play. */
function stampMeeting(stamping: Stamping, index: number, slot: Slot): Edge {
  const { batch, nodes } = stamping;
  const id = (batch.firstNodes[index] ?? 0) - 1;
  const after: Edge[] = [];
  for (const dep of slot.deps)
    if (dep.slot !== batchStart) pushFromAllHosts(stamping, after, dep.slot, 'linear');
  nodes.push(join(id, batch.play, batch.batch, 'linear', after));
  return { from: id, kind: 'ok', why: 'linear' };
}

function pushFromAllHosts(stamping: Stamping, edges: Edge[], slot: number, why: EdgeReason): void {
  const { batch, play } = stamping;
  const count = play.shape.slots[slot]?.kind === 'once' ? 1 : batch.hosts.length;
  for (let position = 0; position < count; position++) {
    const from = nodeAt(batch, play.shape, slot, position);
    if (from !== batch.start) edges.push({ from, kind: 'end', why });
  }
}

function stampSlot(stamping: Stamping, index: number, slot: Slot, meeting: Edge | undefined): void {
  const { batch, nodes } = stamping;
  const shared = sharedEdges(stamping, slot, meeting);
  for (const [position, host] of batch.hosts.entries()) {
    if (nodeAt(batch, stamping.play.shape, index, position) === batch.start) continue;
    const after = shared ?? ownEdges(stamping, slot, meeting, position, host);
    nodes.push(slotNode(stamping, index, slot, position, host, after));
  }
}

/** Where all sources of a slot are single nodes, all its hosts have one list of edges. */
function sharedEdges(stamping: Stamping, slot: Slot, meeting: Edge | undefined): Edge[] | undefined {
  const { slots } = stamping.play.shape;
  if (slot.outside.length > 0) return undefined;
  if (!slot.deps.every((dep) => dep.slot === batchStart || slots[dep.slot]?.kind === 'once'))
    return undefined;
  return slotEdges(stamping, slot.deps, meeting, 0);
}

function ownEdges(
  stamping: Stamping,
  slot: Slot,
  meeting: Edge | undefined,
  position: number,
  host: number,
): Edge[] {
  const edges = slotEdges(stamping, slot.deps, meeting, position);
  for (const need of slot.outside) stamping.joins.pushEdges(edges, need, stamping.batch, host);
  return edges;
}

function slotEdges(
  stamping: Stamping,
  deps: readonly SlotDep[],
  meeting: Edge | undefined,
  position: number,
): Edge[] {
  const { batch, play } = stamping;
  const edges: Edge[] = meeting === undefined ? [] : [meeting];
  for (const { slot, kind, why } of deps) {
    const from = nodeAt(batch, play.shape, slot, position);
    edges.push({ from, kind, why: from === batch.start ? 'batch' : why });
  }
  return edges;
}

function slotNode(
  stamping: Stamping,
  index: number,
  slot: Slot,
  position: number,
  host: number,
  after: readonly Edge[],
): PlanNode {
  const { batch, skips } = stamping;
  const id = nodeAt(batch, stamping.play.shape, index, position);
  const base = { id, play: batch.play, batch: batch.batch, after, priority: 0 };
  switch (slot.kind) {
    case 'handler':
      return { kind: 'handler', ...base, step: slot.step, host };
    case 'block': {
      const { block, part } = slot;
      const skip = part === 'begin' ? skips.ofBlock(block, host) : undefined;
      return skip === undefined
        ? { kind: 'block', ...base, part, block, host }
        : { kind: 'block', ...base, part, block, host, skip };
    }
    case 'consume': {
      const { block, step } = slot;
      const skip = skips.ofBlock(block, host);
      return { kind: 'consume', ...base, step, block, host, ...(skip === undefined ? {} : { skip }) };
    }
    default: {
      const kind = slot.kind === 'items' ? 'items' : 'instance';
      const skip = skips.ofStep(slot.step, host);
      const joins = joinedBy(stamping, slot, host);
      return {
        kind,
        ...base,
        step: slot.step,
        host,
        ...(skip === undefined ? {} : { skip }),
        ...(joins === undefined ? {} : { joins }),
      };
    }
  }
}

/** A `run_once` step: reached when every host of the batch has got there or has ended. */
function onceNode(stamping: Stamping, index: number, slot: Slot): PlanNode {
  const { batch, skips, joins } = stamping;
  const after: Edge[] = [];
  for (const dep of slot.deps) {
    if (dep.slot === batchStart) after.push({ from: batch.start, kind: dep.kind, why: dep.why });
    else if (stamping.play.shape.slots[dep.slot]?.kind === 'once')
      after.push({ from: batch.firstNodes[dep.slot] ?? 0, kind: dep.kind, why: dep.why });
    else pushFromAllHosts(stamping, after, dep.slot, 'run_once');
  }
  for (const need of slot.outside) joins.pushAll(after, need, batch);
  const skip = commonSkip(batch.hosts.map((host) => skips.ofStep(slot.step, host)));
  const id = batch.firstNodes[index] ?? 0;
  const base = { id, play: batch.play, batch: batch.batch, after, priority: 0 };
  return {
    kind: 'once',
    ...base,
    step: slot.step,
    hosts: batch.hosts,
    ...(skip === undefined ? {} : { skip }),
    ...(slot.joins === undefined ? {} : { joins: joinedBy(stamping, slot, undefined) }),
  };
}

/** What a `join` waits for: on its own host, or where there is none, on all. */
function joinedBy({ batch, joins }: Stamping, slot: Slot, host: number | undefined): Joined | undefined {
  if (slot.joins === undefined) return undefined;
  const edges: Edge[] = [];
  for (const need of slot.joins.needs)
    if (host === undefined) joins.pushAll(edges, need, batch);
    else joins.pushEdges(edges, need, batch, host);
  return { nodes: edges.map(({ from }) => from), isTimed: slot.joins.isTimed };
}

/** Any host may turn out to be the one that runs it, so all must agree. */
function commonSkip(skips: readonly (string | undefined)[]): string | undefined {
  return skips.includes(undefined) ? undefined : skips[0];
}

function edgesFrom(sources: readonly NodeId[], kind: Edge['kind'], why: EdgeReason): Edge[] {
  return sources.map((from) => ({ from, kind, why }));
}

function join(
  id: NodeId,
  play: number,
  batch: number,
  purpose: JoinNode['purpose'],
  after: readonly Edge[],
): JoinNode {
  return { kind: 'join', id, play, batch, after, priority: 0, purpose };
}
