import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import { type EdgeReason, type PlanBlock, type PlanNode, type PlanStep, stepTitle } from '../model/plan.ts';
import type { OrderGraph } from './event-graph.ts';
import { cycleFrom, type Digraph, reversed, type Settled, settle } from './graph.ts';

/** What a message needs to name a node. */
export interface NamingContext {
  readonly nodes: readonly PlanNode[];
  readonly steps: readonly PlanStep[];
  readonly blocks: readonly PlanBlock[];
  readonly plays: readonly { readonly name: string; readonly at: Place }[];
}

/** One station of a cycle: what waits, and why it waits for the next one. */
interface Station {
  readonly title: string;
  readonly at: Place;
  readonly reason: string;
  readonly isEvent: boolean;
}

const mostCycles = 10;

const reasons: Readonly<Record<EdgeReason, string>> = {
  order: 'follows it in the file',
  needs: 'needs it',
  play: 'is ordered behind it',
  batch: 'comes in a later batch',
  linear: 'meets all hosts after it',
  block: 'stands in its block',
  rescue: 'rescues it',
  always: 'always comes after it',
  run_once: 'runs once after all hosts',
  handlers: 'runs as a handler after it',
  facts: 'follows the gathering of facts',
  join: 'joins it',
};

/**
 * Tells every cycle of order, needs and events: steps that could never start. A cycle through one event is a setter
 * that comes after its waiter. Cycles that differ only in their hosts are told once.
 */
export function checkCycles(order: OrderGraph, settled: Settled, context: NamingContext): Diagnostic[] {
  if (settled.order.length === order.graph.size) return [];
  const before = reversed(order.graph);
  const diagnostics: Diagnostic[] = [];
  const told = new Set<string>();
  const quorum = order.quorum.slice();
  let state = settled;
  while (diagnostics.length < mostCycles) {
    const cycle = findCycle(before, state);
    if (cycle === undefined) break;
    const stations = stationsOf(order, cycle, context);
    const signature = stations
      .map((station) => station.title)
      .sort()
      .join('\0');
    if (!told.has(signature)) diagnostics.push(describe(stations));
    told.add(signature);
    // The cycle is cut open on all hosts, so that the next one found is another.
    for (const node of alike(cycle[0] ?? 0, context)) quorum[node] = 0;
    state = settle(order.graph, quorum);
  }
  return diagnostics;
}

function findCycle(before: Digraph, state: Settled): number[] | undefined {
  const start = state.done.indexOf(0);
  if (start === -1) return undefined;
  return cycleFrom(before, start, (node) => state.done[node] === 0);
}

/** All nodes of the same step or block part. */
function alike(node: number, context: NamingContext): number[] {
  const key = keyOf(context.nodes[node]);
  if (key === undefined) return [node];
  return context.nodes.filter((other) => keyOf(other) === key).map((other) => other.id);
}

function keyOf(node: PlanNode | undefined): string | undefined {
  if (node === undefined || node.kind === 'join') return undefined;
  return node.kind === 'block' ? `block ${node.block} ${node.part}` : `step ${node.step}`;
}

/** The cycle as people see it: joins left out, neighbouring nodes of one step or block taken as one. */
function stationsOf(order: OrderGraph, cycle: readonly number[], context: NamingContext): Station[] {
  const stations: Station[] = [];
  for (const [i, node] of cycle.entries()) {
    const waitsFor = cycle[(i + 1) % cycle.length] ?? node;
    const station = stationOf(order, node, waitsFor, context);
    if (station === undefined) continue;
    const last = stations.at(-1);
    if (last !== undefined && last.title === station.title && last.at === station.at) stations.pop();
    stations.push(station);
  }
  return stations;
}

function stationOf(
  order: OrderGraph,
  node: number,
  waitsFor: number,
  context: NamingContext,
): Station | undefined {
  const planNode = context.nodes[node];
  if (planNode === undefined) return undefined;
  const extra = order.extras[waitsFor - context.nodes.length];
  if (extra?.type === 'event') {
    const owner = ownerOf(planNode, context);
    const wait = owner?.keywords.wait?.find((candidate) => candidate.event === extra.event);
    const title = titleOf(planNode, context);
    const reason = `waits for "${extra.event}", which it sets`;
    return { title, at: wait?.at ?? owner?.at ?? placeOf(planNode, context), reason, isEvent: true };
  }
  if (extra?.type === 'meeting') {
    const { barrier, owner } = extra.meeting;
    const reason = `meets it at the barrier "${barrier}"`;
    const at = owner.places?.['barrier'] ?? owner.at;
    return { title: titleOf(planNode, context), at, reason, isEvent: false };
  }
  if (planNode.kind === 'join' && planNode.purpose !== 'play-start') return undefined;
  const edge = planNode.after.find((candidate) => candidate.from === waitsFor);
  const isJoined = 'joins' in planNode && planNode.joins?.nodes.includes(waitsFor) === true;
  const at = (edge?.why === 'needs' && ownerOf(planNode, context)?.places?.['needs']) || undefined;
  return {
    title: titleOf(planNode, context),
    at: at ?? placeOf(planNode, context),
    reason: reasons[edge?.why ?? (isJoined ? 'join' : 'order')],
    isEvent: false,
  };
}

function describe(stations: readonly Station[]): Diagnostic {
  const events = stations.filter((station) => station.isEvent).length;
  const [first] = stations;
  const ring = [...stations, ...stations.slice(0, 1)].map((station) => station.title).join(' → ');
  const related = stations.map((station, i) => ({
    at: station.at,
    note: `${station.title} waits for ${stations[(i + 1) % stations.length]?.title}: ${station.reason}`,
  }));
  if (events === 1) {
    const waiter = stations.find((station) => station.isEvent) ?? first;
    const setter = stations[(stations.findIndex((station) => station.isEvent) + 1) % stations.length];
    const message = `${waiter?.title} waits for an event that ${setter?.title} sets only after it: ${ring}`;
    const hint = 'let the setter run beside the waiter (`needs: []`), or wait later';
    return errorDiagnostic('RB306', message, { at: waiter?.at, related, hint });
  }
  return errorDiagnostic('RB302', `these wait for each other and none could ever start: ${ring}`, {
    at: first?.at,
    related,
    hint: 'take one of these orders away',
  });
}

function ownerOf(node: PlanNode, context: NamingContext): PlanStep | PlanBlock | undefined {
  if (node.kind === 'join') return undefined;
  return node.kind === 'block' ? context.blocks[node.block] : context.steps[node.step];
}

function titleOf(node: PlanNode, context: NamingContext): string {
  if (node.kind === 'join') return `play "${context.plays[node.play]?.name}"`;
  if (node.kind === 'block') {
    const block = context.blocks[node.block];
    const title = block?.id ?? block?.name;
    return title === undefined ? `the block at line ${block?.at.line}` : `block "${title}"`;
  }
  const step = context.steps[node.step];
  return step === undefined ? 'a step' : `"${step.id ?? stepTitle(step)}"`;
}

function placeOf(node: PlanNode, context: NamingContext): Place {
  const place = ownerOf(node, context)?.at ?? context.plays[node.play]?.at;
  return place ?? { file: '', line: 1, column: 1, length: 1 };
}
