import type { IncludedPart, IncludeSite } from '../model/include.ts';
import type { Edge, Joined, NodeId, PlanNode } from '../model/plan.ts';
import type { IncludedBlock } from './included-block.ts';
import type { OutsideNeed, Slot, SlotDep } from './lane.ts';

/** The nodes of included steps, and where they begin and end on each host. */
export interface StampedBlock {
  readonly nodes: readonly PlanNode[];
  /** By position of the host. */
  readonly parts: readonly IncludedPart[];
  readonly nextId: NodeId;
}

interface Stamping {
  readonly site: IncludeSite;
  readonly slots: readonly Slot[];
  readonly firsts: readonly NodeId[];
  readonly base: Pick<PlanNode, 'play' | 'batch' | 'priority' | 'pass'>;
  readonly nodes: PlanNode[];
}

/**
 * Makes the nodes of an included block for the hosts of a site: slot by slot, and within a slot host by host.
 *
 * @param before By position: what the block follows, the end of the one before it; empty for the first.
 */
export function stampIncluded(
  { slots, block = 0, background }: IncludedBlock,
  site: IncludeSite,
  firstId: NodeId,
  before: readonly NodeId[],
): StampedBlock {
  const { hosts, step, batch, priority, pass } = site;
  const firsts: NodeId[] = [];
  let nextId = firstId;
  for (const slot of slots) {
    if (meets(site, slots, slot)) nextId++;
    firsts.push(nextId);
    nextId += slot.kind === 'once' ? 1 : hosts.length;
  }
  const base = { play: step.play, batch, priority, ...(pass === undefined ? {} : { pass }) };
  const stamping: Stamping = { site, slots, firsts, base, nodes: [] };
  for (const index of slots.keys()) stampSlot(stamping, index, before);
  const last = slots.length - 1;
  const parts = hosts.map((_, position) => ({
    block,
    begin: nodeAt(stamping, 0, position),
    end: nodeAt(stamping, last, position),
    background: background.map((slot) => nodeAt(stamping, slot, position)),
  }));
  return { nodes: stamping.nodes, parts, nextId };
}

/** Hosts of a linear play meet before a step, unless it is a meeting itself or behind one. */
function meets({ hosts }: IncludeSite, slots: readonly Slot[], { meets: asked, kind, deps }: Slot): boolean {
  const [first] = deps;
  if (!asked || kind === 'once' || hosts.length < 2 || first === undefined) return false;
  return slots[first.slot]?.kind !== 'once';
}

function nodeAt(
  { slots, firsts }: Pick<Stamping, 'slots' | 'firsts'>,
  slot: number,
  position: number,
): NodeId {
  const first = firsts[slot] ?? 0;
  return slots[slot]?.kind === 'once' ? first : first + position;
}

function stampSlot(stamping: Stamping, index: number, before: readonly NodeId[]): void {
  const { site, slots, firsts, base, nodes } = stamping;
  const slot = slots[index];
  const id = firsts[index] ?? 0;
  if (slot === undefined) return;
  if (slot.kind === 'once') {
    const after = slot.deps.flatMap((dep) => fromAll(stamping, dep, 'run_once'));
    for (const need of slot.outside) after.push(...fromNeed(stamping, need));
    nodes.push({ kind: 'once', id, ...base, after, step: slot.step, hosts: site.hosts });
    return;
  }
  const meeting: Edge[] = [];
  if (meets(site, slots, slot)) {
    const after = slot.deps.flatMap((dep) => fromAll(stamping, { ...dep, kind: 'end' }, 'linear'));
    nodes.push({ kind: 'join', id: id - 1, ...base, after, purpose: 'linear' });
    meeting.push({ from: id - 1, kind: 'ok', why: 'linear' });
  }
  for (const [position, host] of site.hosts.entries()) {
    const after = [...meeting, ...ownEdges(stamping, slot, position)];
    const first = before[position];
    if (index === 0 && first !== undefined) after.push({ from: first, kind: 'ok', why: 'order' });
    nodes.push(slotNode(stamping, slot, id + position, host, position, after));
  }
}

function fromAll(stamping: Stamping, dep: SlotDep, why: 'run_once' | 'linear'): Edge[] {
  if (stamping.slots[dep.slot]?.kind === 'once')
    return [{ from: nodeAt(stamping, dep.slot, 0), kind: dep.kind, why: dep.why }];
  return stamping.site.hosts.map((_, position) => ({
    from: nodeAt(stamping, dep.slot, position),
    kind: 'end',
    why,
  }));
}

function ownEdges(stamping: Stamping, slot: Slot, position: number): Edge[] {
  const edges = slot.deps.map(
    (dep): Edge => ({ from: nodeAt(stamping, dep.slot, position), kind: dep.kind, why: dep.why }),
  );
  for (const need of slot.outside) edges.push(...fromNeed(stamping, need));
  return edges;
}

/** A step on all hosts that go through the include together. */
function fromNeed({ site, slots, firsts }: Stamping, { member, kind }: OutsideNeed): Edge[] {
  const slot = exitOf(slots, member);
  return slot === undefined
    ? []
    : site.hosts.map((_, position) => ({
        from: nodeAt({ slots, firsts }, slot, position),
        kind,
        why: 'needs',
      }));
}

function exitOf(slots: readonly Slot[], member: OutsideNeed['member']): number | undefined {
  const found = slots.findIndex((slot) =>
    member.type === 'step' || member.head !== undefined
      ? slot.step === (member.type === 'step' ? member.step.index : member.head?.index)
      : slot.block === member.block.index && slot.part === 'end',
  );
  return found === -1 ? undefined : found;
}

function slotNode(
  stamping: Stamping,
  slot: Slot,
  id: NodeId,
  host: number,
  position: number,
  after: readonly Edge[],
): PlanNode {
  const base = { id, ...stamping.base, after };
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

function joinedBy({ slots, firsts }: Stamping, { joins }: Slot, position: number): Joined | undefined {
  if (joins === undefined) return undefined;
  const nodes = joins.needs.flatMap(({ member }) => {
    const slot = exitOf(slots, member);
    return slot === undefined ? [] : [nodeAt({ slots, firsts }, slot, position)];
  });
  return { nodes, isTimed: joins.isTimed };
}
