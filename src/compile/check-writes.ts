import { type Diagnostic, errorDiagnostic, warningDiagnostic } from '../model/diagnostic.ts';
import { type PlanNode, type PlanStep, stepTitle } from '../model/plan.ts';
import type { OrderGraph } from './event-graph.ts';
import type { StepTables } from './folding.ts';
import { Ancestors, digraph, indegrees, settle, shortestPath } from './graph.ts';
import type { LaneShape } from './lane.ts';
import { batchStart } from './lane.ts';
import { nodeAt, type PlanLayout, type PlayLayout } from './layout.ts';
import type { NameReader } from './names-read.ts';
import type { PlayTree } from './play-tree.ts';
import { namesWritten } from './runtime-names.ts';
import type { VariableIndex } from './variable-index.ts';

/** What is looked at to find who writes and who reads. */
export interface WriteContext {
  readonly trees: readonly PlayTree[];
  readonly shapes: readonly LaneShape[];
  readonly layout: PlanLayout;
  readonly behind: readonly ReadonlySet<number>[];
  readonly tables: StepTables;
  readonly nodes: readonly PlanNode[];
  readonly hosts: readonly string[];
  readonly order: OrderGraph;
  readonly reader: NameReader;
  readonly index: VariableIndex;
}

/** Where a step stands. */
export interface SlotOf {
  readonly step: PlanStep;
  readonly play: number;
  readonly slot: number;
}

/** A step that writes a name, where it stands. */
interface Writer extends SlotOf {
  readonly name: string;
}

/**
 * Errors of variables that hosts hold: two steps without an order that write one name on one host. Warnings: a step
 * that reads such a name although no step before it writes it.
 */
export function checkWrites(context: WriteContext): Diagnostic[] {
  const writers = writersByName(context);
  if (writers.size === 0) return [];
  const orders = new LaneOrders(context.shapes);
  const diagnostics: Diagnostic[] = [];
  for (const [name, list] of writers) {
    const pair = unorderedPair(context, orders, list);
    if (pair !== undefined) diagnostics.push(twoWriters(name, ...pair));
  }
  return [...diagnostics, ...readsTooEarly(context, orders, writers)];
}

function writersByName(context: WriteContext): Map<string, Writer[]> {
  const writers = new Map<string, Writer[]>();
  for (const [play, shape] of context.shapes.entries())
    for (const [slot, { step: index, kind }] of shape.slots.entries()) {
      const step = context.tables.steps[index];
      if (step === undefined || step.section === 'facts') continue;
      // A handler may stand at several flush points; these are in order.
      if (kind === 'handler' && shape.slots.findIndex((other) => other.step === index) !== slot) continue;
      for (const name of namesWritten(step)) {
        const list = writers.get(name) ?? [];
        writers.set(name, list);
        list.push({ name, step, play, slot });
      }
    }
  return writers;
}

/** Order within lanes, worked out once for each play. */
export class LaneOrders {
  readonly #shapes: readonly LaneShape[];
  readonly #known = new Map<number, Ancestors>();

  constructor(shapes: readonly LaneShape[]) {
    this.#shapes = shapes;
  }

  isBefore(play: number, slot: number, later: number): boolean {
    let ancestors = this.#known.get(play);
    if (ancestors === undefined) {
      ancestors = ancestorsOf(this.#shapes[play]);
      this.#known.set(play, ancestors);
    }
    return ancestors.has(slot, later);
  }
}

function ancestorsOf(shape: LaneShape | undefined): Ancestors {
  const slots = shape?.slots ?? [];
  const from: number[] = [];
  const to: number[] = [];
  for (const [index, slot] of slots.entries()) {
    // A join that is not limited lets nobody pass before what it names has ended.
    for (const { member } of slot.joins?.isTimed === false ? slot.joins.needs : []) {
      const joined = shape?.spans.get(member)?.exit;
      if (joined === undefined) continue;
      from.push(joined);
      to.push(index);
    }
    for (const dep of slot.deps)
      if (dep.slot !== batchStart) {
        from.push(dep.slot);
        to.push(index);
      }
  }
  const graph = digraph(slots.length, from, to);
  return new Ancestors(graph, settle(graph, indegrees(graph)).order);
}

function unorderedPair(
  context: WriteContext,
  orders: LaneOrders,
  writers: readonly Writer[],
): [Writer, Writer] | undefined {
  for (const [i, first] of writers.entries())
    for (const second of writers.slice(i + 1))
      if (first.step !== second.step && !isOrdered(context, orders, first, second)) return [first, second];
  return undefined;
}

/** Whether two steps follow each other on every host that both run on; true where there is no such host. */
export function isOrdered(context: WriteContext, orders: LaneOrders, a: SlotOf, b: SlotOf): boolean {
  if (a.play === b.play)
    return (
      orders.isBefore(a.play, a.slot, b.slot) ||
      orders.isBefore(a.play, b.slot, a.slot) ||
      !isOnAnyHost(context, a.play) ||
      isOrderedByNodes(context, a, b)
    );
  if (context.behind[a.play]?.has(b.play) || context.behind[b.play]?.has(a.play)) return true;
  return isOrderedByNodes(context, a, b);
}

function isOnAnyHost(context: WriteContext, play: number): boolean {
  return (context.layout.plays[play]?.positions.size ?? 0) > 0;
}

/** Looks for a path between the two on the first host that both run on: through needs of other lanes, or events. */
function isOrderedByNodes(context: WriteContext, a: SlotOf, b: SlotOf): boolean {
  const one = context.layout.plays[a.play];
  const other = context.layout.plays[b.play];
  if (one === undefined || other === undefined) return true;
  for (const host of one.positions.keys()) {
    if (!other.positions.has(host)) continue;
    const from = nodeOf(one, a.slot, host);
    const to = nodeOf(other, b.slot, host);
    const { graph } = context.order;
    const anywhere = (): boolean => true;
    return (
      shortestPath(graph, from, to, anywhere) !== undefined ||
      shortestPath(graph, to, from, anywhere) !== undefined
    );
  }
  return true;
}

function nodeOf(play: PlayLayout, slot: number, host: number): number {
  const place = play.positions.get(host);
  return place === undefined ? play.start : nodeAt(place.batch, play.shape, slot, place.position);
}

function twoWriters(name: string, first: Writer, second: Writer): Diagnostic {
  const message = `"${stepTitle(first.step)}" and "${stepTitle(second.step)}" both write "${name}" on one host, and nothing orders them`;
  return errorDiagnostic('RB310', message, {
    at: second.step.places['register'] ?? second.step.at,
    related: [{ at: first.step.places['register'] ?? first.step.at, note: 'the other one' }],
    hint: 'give them different names, or order them with `needs`',
  });
}

/** Each step that reads a written name must have a writer before it, or a definition that holds until then. */
function readsTooEarly(
  context: WriteContext,
  orders: LaneOrders,
  writers: ReadonlyMap<string, readonly Writer[]>,
): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const [play, shape] of context.shapes.entries()) {
    for (const [slot, { step: index }] of shape.slots.entries()) {
      const step = context.tables.steps[index];
      if (step === undefined || step.section === 'handlers') continue;
      for (const name of namesReadSurely(context.reader, step)) {
        const list = writers.get(name);
        if (list === undefined || context.index.has(name) || namesWritten(step).includes(name)) continue;
        if (list.some((writer) => mayPrecede(context, orders, writer, play, slot))) continue;
        diagnostics.push(readTooEarly(name, step, list));
      }
    }
  }
  return diagnostics;
}

function mayPrecede(
  context: WriteContext,
  orders: LaneOrders,
  writer: Writer,
  play: number,
  slot: number,
): boolean {
  if (writer.play !== play)
    return context.behind[play]?.has(writer.play) || !isLaterPlay(context, writer, play);
  return orders.isBefore(play, writer.slot, slot);
}

/** Whether the writer stands in a play that starts only behind the reader's. */
function isLaterPlay(context: WriteContext, writer: Writer, play: number): boolean {
  return context.behind[writer.play]?.has(play) === true;
}

function readTooEarly(name: string, step: PlanStep, writers: readonly Writer[]): Diagnostic {
  return warningDiagnostic(
    'RB311',
    `"${stepTitle(step)}" reads "${name}", and no step before it writes that`,
    {
      at: step.at,
      related: writers.slice(0, 3).map((writer) => ({ at: writer.step.at, note: 'written here' })),
      hint: 'read it later, or order the two with `needs`',
    },
  );
}

/** Names that a step reads and nowhere only asks about with `is defined` or `default`. */
export function namesReadSurely(reader: NameReader, step: PlanStep): string[] {
  const guarded = reader.guardedNames(step);
  return [...reader.ofStep(step)].filter((name) => !guarded.has(name));
}
