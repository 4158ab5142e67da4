import {
  blockLabel,
  type ConsumeNode,
  type NodeId,
  type Plan,
  type PlanNode,
  stepLabel,
} from '../model/plan.ts';
import type { EventSet } from '../model/playbook.ts';

/** How an instance of a step that sets events ended, as far as events care. */
export type UnitEnd = 'done' | 'skipped' | 'bad';

/** A step or block that sets or clears events: it acts as a whole, over all its instances. */
interface EventUnit {
  readonly title: string;
  readonly set: readonly EventSet[];
  readonly clear: readonly EventSet[];
  total: number;
  ended: number;
  /** The first instance that ended in no good way, in words. */
  bad?: string | undefined;
  anyDone: boolean;
  /** Set while further instances may come, so that nobody knows which is the last. */
  isOpen?: boolean | undefined;
  /** Set in the passes of a block: it acts at the good end of each instance. */
  actsEachTime?: boolean | undefined;
}

/** Events to set and to clear now, in this order. */
export interface EventActs {
  readonly set: readonly string[];
  readonly clear: readonly string[];
}

/** Which steps set which events, and how far they are. */
export interface EventUnits {
  readonly byStep: Map<number, EventUnit>;
  readonly byBlock: Map<number, EventUnit>;
  readonly setters: Map<string, readonly EventUnit[]>;
  /** By block that consumes a queue: what stands in it, and acts each time. */
  readonly byConsumer: Map<number, readonly EventUnit[]>;
  readonly noted: Set<NodeId>;
}

const nothing: EventActs = { set: [], clear: [] };

/** Finds every step and block that sets or clears an event, and counts its instances. O(nodes). */
export function findEventUnits(plan: Plan, titleOf: (step: number) => string): EventUnits {
  const byStep = new Map<number, EventUnit>();
  const byBlock = new Map<number, EventUnit>();
  const setters = new Map<string, EventUnit[]>();
  addUnits({ byStep, byBlock, setters }, plan, plan, titleOf);
  const byConsumer = findInConsumers(plan, byStep, byBlock);
  const units: EventUnits = { byStep, byBlock, byConsumer, setters, noted: new Set() };
  if (byStep.size + byBlock.size === 0) return units;
  for (const node of plan.nodes) for (const unit of unitsOf(units, node)) unit.total += 1;
  return units;
}

type Added = Pick<Plan, 'steps' | 'blocks'>;

function addUnits(
  { byStep, byBlock, setters }: Pick<EventUnits, 'byStep' | 'byBlock' | 'setters'>,
  plan: Plan,
  added: Added,
  titleOf: (step: number) => string,
): EventUnit[] {
  const made: EventUnit[] = [];
  for (const { list, units, title } of [
    { list: added.steps, units: byStep, title: (index: number) => `step "${titleOf(index)}"` },
    {
      list: added.blocks,
      units: byBlock,
      title: (index: number) => blockLabel(plan.blocks[index]),
    },
  ])
    for (const { index, keywords } of list) {
      const { set = [], clear = [] } = keywords;
      if (set.length === 0 && clear.length === 0) continue;
      const unit: EventUnit = { title: title(index), set, clear, total: 0, ended: 0, anyDone: false };
      units.set(index, unit);
      made.push(unit);
      for (const { event } of set) setters.set(event, [...(setters.get(event) ?? []), unit]);
    }
  return made;
}

/** Adds steps and blocks that came in the run, without instances; more of these may come until `releaseUnits`. */
export function growUnits(units: EventUnits, plan: Plan, added: Added): void {
  for (const unit of addUnits(units, plan, added, (index) => titleIn(plan, index))) unit.isOpen = true;
  for (const { index } of added.steps) markEachTime(units.byStep.get(index), plan, index);
  for (const { index } of added.blocks) {
    const inner = plan.steps.findLast((step) => isWithin(plan, step.block, index));
    if (inner !== undefined) markEachTime(units.byBlock.get(index), plan, inner.index);
  }
}

function isWithin(plan: Plan, inner: number | undefined, block: number): boolean {
  for (let index = inner; index !== undefined; index = plan.blocks[index]?.parent)
    if (index === block) return true;
  return false;
}

/** A step that a pass of a block brought into the run, however deep, acts each time. */
function markEachTime(unit: EventUnit | undefined, plan: Plan, step: number): void {
  if (unit === undefined) return;
  for (let by = plan.steps[step]?.includedBy; by !== undefined; by = plan.steps[by]?.includedBy)
    if (plan.steps[by]?.action.type === 'passes') unit.actsEachTime = true;
}

function titleIn(plan: Plan, index: number): string {
  const step = plan.steps[index];
  return step === undefined ? '' : stepLabel(step);
}

/** What is to be done by included steps and blocks all instances of which are known and had ended before that. */
export function releaseUnits(
  { byStep, byBlock }: EventUnits,
  plan: Plan,
  isComplete: (step: number) => boolean,
): EventActs {
  const released: EventUnit[] = [];
  const release = (unit: EventUnit, step: number | undefined) => {
    if (unit.isOpen !== true || step === undefined || !isComplete(step)) return;
    unit.isOpen = false;
    if (isDone(unit) && unit.actsEachTime !== true) released.push(unit);
  };
  for (const [step, unit] of byStep) release(unit, step);
  for (const [block, unit] of byBlock) release(unit, plan.steps.find((step) => step.block === block)?.index);
  const acts = (list: readonly EventSet[]) =>
    list.filter((one) => one.after === 'all').map((one) => one.event);
  return {
    set: released.flatMap((unit) => acts(unit.set)),
    clear: released.flatMap((unit) => acts(unit.clear)),
  };
}

function findInConsumers(
  plan: Plan,
  byStep: ReadonlyMap<number, EventUnit>,
  byBlock: ReadonlyMap<number, EventUnit>,
): Map<number, readonly EventUnit[]> {
  const found = new Map<number, EventUnit[]>();
  const add = (unit: EventUnit, inner: number | undefined) => {
    for (let block = inner; block !== undefined; block = plan.blocks[block]?.parent)
      if (hasPasses(plan, block)) found.set(block, [...(found.get(block) ?? []), unit]);
  };
  for (const [step, unit] of byStep) add(unit, plan.steps[step]?.block);
  for (const [block, unit] of byBlock) add(unit, block);
  return found;
}

/**
 * Notes the end of a node, or that it is bound to end cancelled; the first note of a node counts.
 *
 * @param why In words, for an instance that ended in no good way.
 * @returns what is to be done now: `after: first` acts at the first good instance, the others when all have ended, if
 * all ended well and not all were skipped. In the work on an item of a queue it acts each time.
 */
export function noteUnitEnd(units: EventUnits, node: PlanNode, end: UnitEnd, why: string): EventActs {
  if (node.kind === 'consume') return noteConsumerEnd(units, node);
  const unit = unitOf(units, node);
  if (unit === undefined || units.noted.has(node.id)) return nothing;
  units.noted.add(node.id);
  if (node.pass !== undefined) return actOnPass(unit, end);
  unit.ended += 1;
  const first = end === 'done' && !unit.anyDone;
  if (end === 'done') unit.anyDone = true;
  if (end === 'bad') unit.bad ??= why;
  if (unit.actsEachTime === true) return actOnPass(unit, end);
  const all = isDone(unit);
  const acts = (list: readonly EventSet[]) =>
    list.filter((act) => (act.after === 'first' ? first : all)).map((act) => act.event);
  return { set: acts(unit.set), clear: acts(unit.clear) };
}

function isDone(unit: EventUnit): boolean {
  return unit.ended === unit.total && unit.bad === undefined && unit.anyDone && unit.isOpen !== true;
}

function actOnPass(unit: EventUnit, end: UnitEnd): EventActs {
  if (end !== 'done') return nothing;
  unit.anyDone = true;
  return { set: unit.set.map((act) => act.event), clear: unit.clear.map((act) => act.event) };
}

function noteConsumerEnd(units: EventUnits, node: ConsumeNode): EventActs {
  if (units.noted.has(node.id)) return nothing;
  units.noted.add(node.id);
  for (const unit of units.byConsumer.get(node.block) ?? []) unit.ended += 1;
  return nothing;
}

/** Whether a node's end decides about events. */
export function actsOnEvents(units: EventUnits, node: PlanNode): boolean {
  return node.kind === 'consume' || unitOf(units, node) !== undefined;
}

const noEvents: readonly string[] = [];

/** The events that the step or block of a node sets; what a consumer sets may still come with its next item. */
export function eventsSetBy(units: EventUnits, node: PlanNode): readonly string[] {
  if (node.pass !== undefined || !actsOnEvents(units, node)) return noEvents;
  return unitsOf(units, node).flatMap((unit) => unit.set.map((act) => act.event));
}

/** Steps and blocks that may still set an event, in words. */
export function openSetters(units: EventUnits, event: string): readonly string[] {
  const open = (units.setters.get(event) ?? []).filter((unit) => unit.ended < unit.total);
  return open.map((unit) => unit.title);
}

/** Why nothing can set an event any more, naming every setter; undefined while one still can. */
export function lossOf(units: EventUnits, event: string): string | undefined {
  const reasons: string[] = [];
  for (const unit of units.setters.get(event) ?? []) {
    if (unit.total === 0) continue;
    const over = unit.ended === unit.total && unit.isOpen !== true;
    const act = unit.set.find((one) => one.event === event);
    if (!over && (act?.after === 'first' || unit.bad === undefined)) return undefined;
    reasons.push(
      unit.bad ?? (unit.anyDone ? `${unit.title} has set it before` : `${unit.title} was skipped`),
    );
  }
  if (reasons.length === 0) return 'nothing sets it';
  return reasons.join('; ');
}

/** The units that a node is counted in. */
export function unitsOf(units: EventUnits, node: PlanNode): readonly EventUnit[] {
  if (node.kind === 'consume') return units.byConsumer.get(node.block) ?? [];
  const unit = unitOf(units, node);
  return unit === undefined ? [] : [unit];
}

function unitOf(units: EventUnits, node: PlanNode): EventUnit | undefined {
  switch (node.kind) {
    case 'instance':
    case 'once':
    case 'handler':
    case 'items':
      return units.byStep.get(node.step);
    case 'block':
      return node.part === 'end' ? units.byBlock.get(node.block) : undefined;
    default:
      return undefined;
  }
}

/** Whether a block runs once for each item of a queue, or again and again. */
function hasPasses(plan: Plan, block: number): boolean {
  const { consume, repeat } = plan.blocks[block]?.keywords ?? {};
  return consume !== undefined || repeat !== undefined;
}
