import type { Edge, Joined, LaneSlot, NodeId, PlanNode } from '../model/plan.ts';

/** The nodes of a lane that is made in the run, for some hosts that go it side by side. */
export interface LaneSite {
  readonly play: number;
  readonly batch: number;
  /** Indexes of the hosts, in order. */
  readonly hosts: readonly number[];
  readonly priority: number;
  readonly pass?: NodeId | undefined;
  readonly firstId: NodeId;
  /** What stands for the start: one node for all, or one for each host. */
  readonly start?: NodeId | readonly NodeId[] | undefined;
  /** The slot that hosts in `served` do without: the start stands for it. */
  readonly facts?: number | undefined;
  readonly served?: ReadonlySet<number> | undefined;
}

/** A lane, made. */
export interface StampedLane {
  readonly nodes: readonly PlanNode[];
  readonly nextId: NodeId;
  /** The node of a slot for the host at a position; undefined where the host has none. */
  at(slot: number, position: number): NodeId | undefined;
}

interface Stamping {
  readonly site: LaneSite;
  readonly slots: readonly LaneSlot[];
  readonly ids: readonly (readonly (NodeId | undefined)[])[];
  readonly nodes: PlanNode[];
}

/** Makes the nodes of a lane: slot by slot, and within a slot host by host. Hosts meet where the slots say so. */
export function stampLane(slots: readonly LaneSlot[], site: LaneSite): StampedLane {
  let nextId = site.firstId;
  const ids = slots.map((slot, index) => {
    if (meets(site, slots, slot)) nextId++;
    if (slot.kind === 'once') {
      const id = nextId++;
      return site.hosts.map(() => id);
    }
    return site.hosts.map((host) =>
      index === site.facts && site.served?.has(host) === true ? undefined : nextId++,
    );
  });
  const stamping: Stamping = { site, slots, ids, nodes: [] };
  for (const index of slots.keys()) stampSlot(stamping, index);
  return { nodes: stamping.nodes, nextId, at: (slot, position) => ids[slot]?.[position] };
}

/** Hosts of a linear play meet before a step, unless it is a meeting itself or behind one. */
function meets({ hosts }: LaneSite, slots: readonly LaneSlot[], slot: LaneSlot): boolean {
  const [first] = slot.deps;
  if (!slot.meets || slot.kind === 'once' || hosts.length < 2 || first === undefined) return false;
  return first.slot !== -1 && slots[first.slot]?.kind !== 'once';
}

function stampSlot(stamping: Stamping, index: number): void {
  const { site, slots, ids, nodes } = stamping;
  const slot = slots[index];
  const own = ids[index];
  if (slot === undefined || own === undefined) return;
  const base = baseOf(site);
  const first = own.find((id) => id !== undefined);
  if (first === undefined) return;
  if (slot.kind === 'once') {
    const after = [
      ...slot.deps.flatMap((dep) => fromAll(stamping, dep, 'run_once')),
      ...needed(stamping, slot),
    ];
    nodes.push({ kind: 'once', id: first, ...base, after, step: slot.step, hosts: site.hosts });
    return;
  }
  const meeting: Edge[] = [];
  if (meets(site, slots, slot)) {
    const after = slot.deps.flatMap((dep) => fromAll(stamping, { ...dep, kind: 'end' }, 'linear'));
    nodes.push({ kind: 'join', id: first - 1, ...base, after, purpose: 'linear' });
    meeting.push({ from: first - 1, kind: 'ok', why: 'linear' });
  }
  for (const [position, host] of site.hosts.entries()) {
    const id = own[position];
    if (id === undefined) continue;
    const after = [...meeting, ...ownEdges(stamping, slot, position), ...needed(stamping, slot)];
    nodes.push(slotNode(stamping, slot, { id, host, position, after }));
  }
}

function baseOf({
  play,
  batch,
  priority,
  pass,
}: LaneSite): Pick<PlanNode, 'play' | 'batch' | 'priority' | 'pass'> {
  return { play, batch, priority, ...(pass === undefined ? {} : { pass }) };
}

function sourceOf({ site, ids }: Stamping, slot: number, position: number): NodeId | undefined {
  const { start } = site;
  const own = slot === -1 ? undefined : ids[slot]?.[position];
  return own ?? (typeof start === 'object' ? start[position] : start);
}

function fromAll(
  stamping: Stamping,
  dep: LaneSlot['deps'][number],
  why: 'run_once' | 'linear',
): readonly Edge[] {
  const isOnce = dep.slot !== -1 && stamping.slots[dep.slot]?.kind === 'once';
  const sources = stamping.site.hosts.flatMap((_, position) => sourceOf(stamping, dep.slot, position) ?? []);
  const kind = isOnce || dep.slot === -1 ? dep.kind : 'end';
  return [...new Set(sources)].map((from) => ({ from, kind, why: isOnce ? dep.why : why }));
}

function ownEdges(stamping: Stamping, slot: LaneSlot, position: number): Edge[] {
  return slot.deps.flatMap(({ slot: source, kind, why }) => {
    const from = sourceOf(stamping, source, position);
    return from === undefined ? [] : [{ from, kind, why }];
  });
}

/** Steps that are needed on all hosts which go the lane together. */
function needed({ site, ids }: Stamping, { everywhere }: LaneSlot): Edge[] {
  return everywhere.flatMap(({ slot, kind }) => {
    const sources = site.hosts.flatMap((_, position) => ids[slot]?.[position] ?? []);
    return [...new Set(sources)].map((from): Edge => ({ from, kind, why: 'needs' }));
  });
}

interface Place {
  readonly id: NodeId;
  readonly host: number;
  readonly position: number;
  readonly after: readonly Edge[];
}

function slotNode(stamping: Stamping, slot: LaneSlot, { id, host, position, after }: Place): PlanNode {
  const base = { id, ...baseOf(stamping.site), after };
  const { step, block, part, kind } = slot;
  switch (kind) {
    case 'block':
      return { kind, ...base, part, block, host };
    case 'consume':
      return { kind, ...base, step, block, host };
    case 'handler':
    case 'items':
      return { kind, ...base, step, host };
    default: {
      const joins = joinedBy(stamping, slot, position);
      return { kind: 'instance', ...base, step, host, ...(joins === undefined ? {} : { joins }) };
    }
  }
}

function joinedBy({ ids }: Stamping, { joins }: LaneSlot, position: number): Joined | undefined {
  if (joins === undefined) return undefined;
  return { nodes: joins.slots.flatMap((slot) => ids[slot]?.[position] ?? []), isTimed: joins.isTimed };
}
