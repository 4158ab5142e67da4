import { includes } from '../model/include.ts';
import type { PlanStep } from '../model/plan.ts';
import type { Slot, Span } from './lane.ts';
import { NotifiedHandlers } from './notified-handlers.ts';
import { type BlockMember, type Member, type MemberList, type PlayTree, stepsOf } from './play-tree.ts';
import { refreshesInventory } from './refreshes.ts';

/** The slots of the handlers at one flush point, in order. */
export type FlushSlots = readonly number[];

/** A lane whose slots are laid out in order of writing, not yet wired. */
export interface LaneSlots {
  readonly slots: Slot[];
  readonly spans: Map<object, Span>;
  readonly facts: number | undefined;
  /** By flush member, and by section for the flush at its end. */
  readonly flushes: Map<object, FlushSlots>;
}

/** Lays out a play's slots: facts, then each section followed by the handlers that may have been notified in it. */
export function layOutSlots(tree: PlayTree, facts: PlanStep | undefined): LaneSlots {
  const lane: LaneSlots = { slots: [], spans: new Map(), facts: undefined, flushes: new Map() };
  const laid: LaneSlots =
    facts === undefined ? lane : { ...lane, facts: addSlot(lane, 'instance', facts.index) };
  const notified = new NotifiedHandlers(tree);
  for (const list of [tree.preTasks, tree.steps, tree.postTasks]) {
    if (list.members.length === 0) continue;
    layOutList(laid, list, notified);
    if (list === lastSection(tree)) notified.addBackground(tree);
    laid.flushes.set(list, layOutHandlers(laid, notified.atSectionEnd()));
  }
  return laid;
}

/** The last section of a play that holds anything. */
export function lastSection(tree: PlayTree): MemberList | undefined {
  return [tree.postTasks, tree.steps, tree.preTasks].find((list) => list.members.length > 0);
}

function layOutList(lane: LaneSlots, list: MemberList, notified: NotifiedHandlers): void {
  for (const member of list.members) layOutMember(lane, member, notified);
}

function layOutMember(lane: LaneSlots, member: Member, notified: NotifiedHandlers): void {
  if (member.type === 'flush') lane.flushes.set(member, layOutHandlers(lane, notified.soFar()));
  else if (member.type === 'block' && member.head !== undefined)
    layOutConsumer(lane, member, member.head, notified);
  else if (member.type === 'block') layOutBlock(lane, member, notified);
  else {
    notified.add(member.step);
    const slot = addSlot(lane, slotKind(member.step), member.step.index);
    lane.spans.set(member, { entry: slot, exit: slot });
  }
}

function layOutBlock(lane: LaneSlots, member: BlockMember, notified: NotifiedHandlers): void {
  const boundary = (part: Slot['part']): number => addSlot(lane, 'block', -1, member.block.index, part);
  const entry = boundary('begin');
  layOutList(lane, member.body, notified);
  const parts: Partial<Record<Slot['part'], number>> = {};
  for (const part of ['rescue', 'always'] as const) {
    if (member[part].members.length === 0) continue;
    parts[part] = boundary(part);
    layOutList(lane, member[part], notified);
  }
  const exit = boundary('end');
  lane.spans.set(member, { entry, exit });
  if (parts.rescue !== undefined) lane.spans.set(member.rescue, { entry: parts.rescue, exit: parts.rescue });
  if (parts.always !== undefined) lane.spans.set(member.always, { entry: parts.always, exit: parts.always });
}

/** A consumer is one slot; what it does for an item has a lane of its own. */
function layOutConsumer(
  lane: LaneSlots,
  member: BlockMember,
  head: PlanStep,
  notified: NotifiedHandlers,
): void {
  for (const list of [member.body, member.rescue, member.always])
    for (const { step } of stepsOf(list)) notified.add(step);
  const slot = addSlot(lane, 'consume', head.index, member.block.index);
  lane.spans.set(member, { entry: slot, exit: slot });
}

/** Lays out what a consumer does for one item: its block, from begin to end. */
export function layOutPass(tree: PlayTree, member: BlockMember): LaneSlots {
  const lane: LaneSlots = { slots: [], spans: new Map(), facts: undefined, flushes: new Map() };
  layOutBlock(lane, member, new NotifiedHandlers(tree));
  return lane;
}

function layOutHandlers(lane: LaneSlots, handlers: readonly PlanStep[]): FlushSlots {
  return handlers.map((handler) => addSlot(lane, 'handler', handler.index));
}

function addSlot(
  lane: Pick<LaneSlots, 'slots'>,
  kind: Slot['kind'],
  step: number,
  block = -1,
  part: Slot['part'] = 'begin',
): number {
  lane.slots.push({ kind, step, block, part, deps: [], outside: [], meets: false });
  return lane.slots.length - 1;
}

function slotKind(step: PlanStep): Slot['kind'] {
  const { runOnce, parallel, loop } = step.keywords;
  // A host is added once, however many hosts the play has; and the inventory is read again once.
  if (runOnce === true || isModule(step, 'add_host') || refreshesInventory(step.action)) return 'once';
  // The items of an include are files, and these follow each other.
  if (includes(step.action)) return 'instance';
  return parallel !== undefined && loop !== undefined ? 'items' : 'instance';
}

function isModule({ action }: PlanStep, name: string): boolean {
  return action.type === 'module' && action.module === name;
}
