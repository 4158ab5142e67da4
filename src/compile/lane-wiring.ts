import type { PlanStep } from '../model/plan.ts';
import { isTimedJoin, joinNeeds } from './join-needs.ts';
import { batchStart, type LaneShape, type OutsideNeed, type Slot, type SlotDep, type Span } from './lane.ts';
import { type LaneSlots, lastSection, layOutSlots } from './lane-slots.ts';
import type { ResolvedNeed, ResolveNeeds } from './needs.ts';
import type { BlockMember, FlushMember, MemberList, PlayTree, StepMember } from './play-tree.ts';

/** What the first nodes of a list follow. */
interface ListStart {
  readonly deps: readonly SlotDep[];
  /** Whether hosts meet there too, when the play is linear: at the boundary of a section. */
  readonly meets: boolean;
}

/** A wired list, as what follows it sees it. */
interface WiredList {
  /** Every member's last slot but background ones: all that decides the outcome of the list. */
  readonly members: readonly number[];
  /** Slots that together stand for the end of the list; empty when the list is. */
  readonly closers: readonly number[];
}

interface Wiring {
  readonly tree: PlayTree;
  readonly lane: LaneSlots;
  readonly resolve: ResolveNeeds;
  /** Last slots of background members that the end of the lane waits for. */
  readonly background: number[];
}

/** The frontier of a list while it is walked. */
interface Walk {
  readonly list: MemberList;
  readonly start: ListStart;
  readonly meets: boolean;
  frontier: number[];
  /** Slots that a member in this list follows already. */
  readonly followed: Set<number>;
  readonly members: number[];
  isChain: boolean;
}

/** Works out the lane of a play: one slot for each node of a host, and what each follows. */
export function shapeLane(tree: PlayTree, facts: PlanStep | undefined, resolve: ResolveNeeds): LaneShape {
  const lane = layOutSlots(tree, facts);
  const wiring: Wiring = { tree, lane, resolve, background: [] };
  const start: SlotDep = { slot: batchStart, kind: 'ok', why: 'batch' };
  let open: ListStart = { deps: [start], meets: false };
  let closers: readonly number[] = [];
  if (lane.facts !== undefined) {
    slotAt(lane, lane.facts).deps = open.deps;
    open = { deps: [{ slot: lane.facts, kind: 'ok', why: 'facts' }], meets: true };
    closers = [lane.facts];
  }
  for (const list of [tree.preTasks, tree.steps, tree.postTasks]) {
    if (list.members.length === 0) continue;
    const wired = wireList(wiring, list, open, isLinear(tree));
    if (wired.closers.length > 0) [open, closers] = [after(wired.closers), wired.closers];
    [open, closers] = wireSectionEnd(wiring, list, open, closers);
  }
  for (const slot of lane.slots) addOnceGuards(lane.slots, slot);
  const ends = [...new Set([...closers, ...wiring.background])];
  return { slots: lane.slots, spans: lane.spans, facts: lane.facts, ends };
}

/** Handlers at the end of a section follow all of it; after the last section also the background steps. */
function wireSectionEnd(
  wiring: Wiring,
  list: MemberList,
  open: ListStart,
  closers: readonly number[],
): [ListStart, readonly number[]] {
  const handlers = wiring.lane.flushes.get(list) ?? [];
  const last = handlers.at(-1);
  if (last === undefined) return [open, closers];
  const background = list === lastSection(wiring.tree) ? wiring.background : [];
  const kind = handlerEdge(wiring.tree);
  const first = [...closers, ...background].map((slot): SlotDep => ({ slot, kind, why: 'handlers' }));
  wireChain(wiring, handlers, first.length > 0 ? first : open.deps, isLinear(wiring.tree));
  const isForced = kind === 'end';
  return [
    after(isForced ? [...closers, ...handlers] : [last]),
    isForced ? [...closers, ...handlers] : [last],
  ];
}

function wireChain(
  wiring: Wiring,
  handlers: readonly number[],
  first: readonly SlotDep[],
  meets: boolean,
): void {
  const kind = handlerEdge(wiring.tree);
  let deps = first;
  for (const index of handlers) {
    const slot = slotAt(wiring.lane, index);
    slot.deps = deps;
    slot.meets = meets;
    deps = [{ slot: index, kind, why: 'handlers' }];
  }
}

function wireList(wiring: Wiring, list: MemberList, start: ListStart, meets: boolean): WiredList {
  const walk: Walk = { list, start, meets, frontier: [], followed: new Set(), members: [], isChain: true };
  for (const member of list.members) {
    if (member.type === 'flush') wireFlush(wiring, walk, member);
    else wireMember(wiring, walk, member);
  }
  return { members: walk.members, closers: walk.isChain ? walk.frontier : walk.members };
}

function wireFlush(wiring: Wiring, walk: Walk, member: FlushMember): void {
  const handlers = wiring.lane.flushes.get(member) ?? [];
  const last = handlers.at(-1);
  if (last === undefined) return;
  const kind = handlerEdge(wiring.tree);
  const before = unfollowed(walk);
  const deps = before.map((slot): SlotDep => ({ slot, kind, why: 'handlers' }));
  wireChain(wiring, handlers, deps.length > 0 ? deps : walk.start.deps, walk.meets);
  // Forced handlers also run after a failure, so what comes next must look past them at what was before.
  walk.frontier = kind === 'end' ? [...before, ...handlers] : [last];
  walk.members.push(...handlers);
}

function wireMember(wiring: Wiring, walk: Walk, member: StepMember | BlockMember): void {
  const span = wiring.lane.spans.get(member);
  if (span === undefined) return;
  const entry = slotAt(wiring.lane, span.entry);
  const needs = member.needs === undefined ? undefined : wiring.resolve(wiring.tree, member.needs);
  entry.deps = needs === undefined ? orderDeps(walk) : needDeps(wiring, walk, needs);
  entry.outside = needs === undefined ? [] : outsideNeeds(needs);
  entry.meets = needs === undefined && walk.meets && (walk.frontier.length > 0 || walk.start.meets);
  if (member.type === 'step') entry.joins = joinsOf(wiring, member);
  settleFrontier(wiring, walk, member, span, entry);
  if (member.type === 'block' && member.head === undefined) wireBlock(wiring, member, span, walk.meets);
}

function joinsOf({ tree, resolve }: Wiring, member: StepMember): Slot['joins'] {
  const needs = joinNeeds(member.step);
  if (needs === undefined) return undefined;
  const resolved = resolve(tree, needs).map((need) => ({ ...need, kind: 'ok' as const }));
  return { needs: resolved, isTimed: isTimedJoin(member.step) };
}

/** Background members are neither followed nor do they stand for what they follow. */
function settleFrontier(
  wiring: Wiring,
  walk: Walk,
  member: StepMember | BlockMember,
  span: Span,
  entry: Slot,
): void {
  if (member.background !== undefined) {
    if (member.background === 'wait') wiring.background.push(span.exit);
    return;
  }
  for (const dep of entry.deps) walk.followed.add(dep.slot);
  if (member.needs !== undefined) walk.isChain = false;
  walk.frontier = [...unfollowed(walk), span.exit];
  walk.members.push(span.exit);
}

function unfollowed(walk: Walk): number[] {
  return walk.frontier.filter((slot) => !walk.followed.has(slot));
}

function orderDeps(walk: Walk): readonly SlotDep[] {
  const before = unfollowed(walk);
  if (before.length === 0) return walk.start.deps;
  return before.map((slot): SlotDep => ({ slot, kind: 'ok', why: 'order' }));
}

function needDeps(wiring: Wiring, walk: Walk, needs: readonly ResolvedNeed[]): readonly SlotDep[] {
  const deps: SlotDep[] = [];
  let isInList = false;
  for (const need of needs) {
    const span = need.play === wiring.tree.index ? wiring.lane.spans.get(need.member) : undefined;
    if (span === undefined) continue;
    deps.push({ slot: span.exit, kind: need.kind, why: 'needs' });
    if (need.list === walk.list) isInList = true;
  }
  return isInList ? deps : [...walk.start.deps, ...deps];
}

function outsideNeeds(needs: readonly (ResolvedNeed & { readonly isLocal: boolean })[]): OutsideNeed[] {
  return needs
    .filter((need) => !need.isLocal || need.hosts === 'all')
    .map(({ play, member, hosts, kind }) => ({ play, member, hosts, kind }));
}

/** Wires a block: see `BlockNode` for which of its boundaries follows what. */
function wireBlock(wiring: Wiring, member: BlockMember, span: Span, meets: boolean): void {
  const { lane } = wiring;
  const begun: SlotDep = { slot: span.entry, kind: 'ok', why: 'block' };
  const body = wireList(wiring, member.body, { deps: [begun], meets: false }, meets);
  let alwaysAfter: SlotDep[] = body.members.map((slot) => ({ slot, kind: 'end', why: 'always' }));
  const end: SlotDep[] = [
    begun,
    ...body.members.map((slot): SlotDep => ({ slot, kind: 'end', why: 'block' })),
  ];

  const rescue = lane.spans.get(member.rescue)?.entry;
  if (rescue !== undefined) {
    const failed = body.members.map((slot): SlotDep => ({ slot, kind: 'failed', why: 'rescue' }));
    slotAt(lane, rescue).deps = [begun, ...failed];
    // A host in rescue goes its own pace; it is met again after the block.
    const start: ListStart = { deps: [{ slot: rescue, kind: 'ok', why: 'rescue' }], meets: false };
    const rescued = wireList(wiring, member.rescue, start, false);
    alwaysAfter = [rescue, ...rescued.members].map((slot) => ({ slot, kind: 'end', why: 'always' }));
    end.push(...endsOf(rescued, rescue, 'rescue'));
  }

  const always = lane.spans.get(member.always)?.entry;
  if (always !== undefined) {
    slotAt(lane, always).deps = [begun, ...alwaysAfter];
    const start: ListStart = { deps: [{ slot: always, kind: 'ok', why: 'always' }], meets: false };
    const finished = wireList(wiring, member.always, start, meets);
    end.push(...endsOf(finished, always, 'always'));
  }
  slotAt(lane, span.exit).deps = end;
}

/**
 * Wires a block that is a lane of its own, as `layOutPass` laid it out: what a consumer does for one item, or what an
 * include brought. Hosts meet before its steps where `meets` is set.
 *
 * @returns the last slots of members that go on in the background, and end before the whole does
 */
export function wirePass(
  tree: PlayTree,
  lane: LaneSlots,
  member: BlockMember,
  resolve: ResolveNeeds,
  meets = false,
): readonly number[] {
  const span = lane.spans.get(member);
  const background: number[] = [];
  if (span === undefined) return background;
  wireBlock({ tree, lane, resolve, background }, member, span, meets);
  for (const slot of lane.slots) addOnceGuards(lane.slots, slot);
  return background;
}

/** Edges from the members of a part to the end of the block; from the part's own node where it has no member. */
function endsOf(list: WiredList, part: number, why: 'rescue' | 'always'): SlotDep[] {
  const members = list.members.length > 0 ? list.members : [part];
  return members.map((slot) => ({ slot, kind: 'end', why }));
}

/**
 * A `once` slot is reached by the end of what is before it on any host, so it does not stand for the host's own steps:
 * what follows it follows these too.
 */
function addOnceGuards(slots: readonly Slot[], slot: Slot): void {
  const guards = new Map<number, SlotDep>();
  const pending = slot.deps.filter((dep) => dep.kind === 'ok');
  const seen = new Set<number>();
  for (const dep of pending) {
    const source = slots[dep.slot];
    if (source?.kind !== 'once' || seen.has(dep.slot)) continue;
    seen.add(dep.slot);
    for (const before of source.deps) {
      if (before.slot === batchStart) continue;
      if (slots[before.slot]?.kind === 'once') pending.push(before);
      else guards.set(before.slot, before);
    }
  }
  for (const dep of slot.deps) guards.delete(dep.slot);
  if (guards.size > 0) slot.deps = [...slot.deps, ...guards.values()];
}

function after(slots: readonly number[]): ListStart {
  return { deps: slots.map((slot): SlotDep => ({ slot, kind: 'ok', why: 'order' })), meets: true };
}

function handlerEdge(tree: PlayTree): 'ok' | 'end' {
  return tree.play.forceHandlers ? 'end' : 'ok';
}

function isLinear(tree: PlayTree): boolean {
  return tree.play.strategy === 'linear';
}

function slotAt(lane: LaneSlots, index: number): Slot {
  const slot = lane.slots[index];
  if (slot === undefined) throw new RangeError(`no slot ${index}`);
  return slot;
}
