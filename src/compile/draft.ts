import type { Inventory } from '../model/inventory.ts';
import { hostsByGroup } from '../model/inventory-graph.ts';
import type { PlanNode, PlanPlay } from '../model/plan.ts';
import type { Play, Playbook } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { CompileOptions, RawVariables } from './compile-input.ts';
import { consumePasses } from './consume-pass.ts';
import { WhenDecider } from './decide-when.ts';
import { collectEventUses, type EventUses, type OrderGraph, orderGraph } from './event-graph.ts';
import { foldPlay } from './fold-play.ts';
import type { StepTables } from './folding.ts';
import { planFacts } from './gather-facts.ts';
import { type Settled, settle } from './graph.ts';
import { KnownValues } from './known-values.ts';
import type { LaneShape } from './lane.ts';
import { shapeLane } from './lane-wiring.ts';
import { layOutPlan, type PlanLayout } from './layout.ts';
import { collectMeetings, type Meeting } from './meetings.ts';
import { NameReader } from './names-read.ts';
import { needResolver, orderPlays, type PlayOrder } from './needs.ts';
import { latePlay, planPlay, playsBehind } from './plan-plays.ts';
import type { PlayTree } from './play-tree.ts';
import { type RuntimeNames, runtimeNames } from './runtime-names.ts';
import { choosePlayHosts, type HostSelection } from './select-hosts.ts';
import { tagFilter } from './select-tags.ts';
import { stampPlan } from './stamp.ts';
import { StartPoint } from './start-at.ts';
import { indexVariables, type VariableIndex } from './variable-index.ts';

/** A plan before it is checked, with everything that was found on the way to it. */
export interface Draft {
  readonly playbook: Playbook;
  readonly selected: HostSelection;
  readonly hosts: readonly string[];
  readonly trees: readonly PlayTree[];
  readonly tables: StepTables;
  readonly start: StartPoint;
  readonly playOrder: PlayOrder;
  readonly behind: readonly ReadonlySet<number>[];
  readonly reader: NameReader;
  readonly index: VariableIndex;
  readonly runtime: RuntimeNames;
  readonly known: KnownValues;
  readonly shapes: readonly LaneShape[];
  readonly layout: PlanLayout;
  /** By block with `consume`: the nodes of one item. */
  readonly passes: ReadonlyMap<number, readonly PlanNode[]>;
  readonly plays: readonly PlanPlay[];
  readonly nodes: readonly PlanNode[];
  readonly uses: EventUses;
  readonly meetings: readonly Meeting[];
  /** Events that count as set before the run. */
  readonly preset: ReadonlySet<string>;
  readonly order: OrderGraph;
  readonly settled: Settled;
  /** Parameters and `-e`. */
  readonly fixed: readonly VariableLayer[];
}

/** What is known before lanes are shaped. */
type Selected = Pick<
  Draft,
  'playbook' | 'selected' | 'hosts' | 'trees' | 'tables' | 'start' | 'playOrder' | 'behind' | 'fixed'
> & { readonly batches: readonly (readonly (readonly number[])[])[] };

/** The passes of compiling: hosts, steps, facts, lanes, ids, nodes, events. A playbook with mistakes gives a draft too. */
export function draftPlan(playbook: Playbook, inventory: Inventory, options: CompileOptions): Draft {
  const chosen = select(playbook, inventory, options);
  const { trees, tables, fixed, hosts, batches, behind } = chosen;

  const reader = new NameReader(options.engine, options.modules);
  const index = indexVariables(reader, playbook, inventory, tables, fixed);
  const runtime = runtimeNames(playbook, tables.steps, tables.blocks);
  const tags = tagFilter(options.selection);
  const playHosts = batches.map((list) => list.flat());
  const late = chosen.selected.plays.map((play) => play.late);
  const isLate = (play: number) => late[play] !== undefined;
  const context = {
    trees,
    tables,
    reader,
    index,
    options,
    tags,
    names: hosts,
    hosts: playHosts,
    behind,
    isLate,
  };
  const facts = planFacts(context);

  const resolve = needResolver(trees);
  const passes = consumePasses(trees, resolve);
  const shapes = trees.map((tree) => shapeLane(tree, facts[tree.index]?.step, resolve));
  const layout = layOutPlan(shapes, batches, facts, isLate);
  const known = new KnownValues(inventory, runtime);
  const skips = new WhenDecider({
    engine: options.engine,
    reader,
    known,
    hosts,
    ...tables,
    layersOf: (play) => [...playbook.layers, ...(playbook.plays[play]?.layers ?? []), ...fixed],
    dialectOf: (play) => playbook.plays[play]?.dialect ?? playbook.dialect,
  });
  const nodes = stampPlan(layout, chosen.playOrder.follows, skips);

  const uses = collectEventUses(nodes, tables.steps, tables.blocks);
  const preset = presetEvents(trees, options);
  const meetings = collectMeetings(nodes, tables.steps, tables.blocks, passes);
  const order = orderGraph(nodes, uses, outsideEvents(playbook, preset), meetings);
  const settled = settle(order.graph, order.quorum);
  const plays = trees.map((tree) => {
    const play = planPlay(tree, batches[tree.index] ?? [], chosen.playOrder.follows);
    const shape = shapes[tree.index];
    const choice = late[tree.index];
    if (choice === undefined || shape === undefined) return play;
    return { ...play, late: latePlay(choice, shape, facts[tree.index]?.served ?? []) };
  });
  const found = { reader, index, runtime, known, passes, shapes, layout, uses, meetings };
  return { ...chosen, ...found, plays, nodes, preset, order, settled };
}

function select(playbook: Playbook, inventory: Inventory, options: CompileOptions): Selected {
  const fixed = fixedLayers(playbook, options.extraVars);
  const magic = { groups: hostsByGroup(inventory) };
  const variablesOf = (play: Play) => ({
    ...merged([...playbook.layers, ...play.layers, ...fixed]),
    ...magic,
  });
  const selected = choosePlayHosts(playbook, inventory, options, variablesOf);
  const hosts = hostNames(inventory, selected);
  const batches = batchIndexes(selected, hosts);
  const folded = foldPlays(playbook, options);
  const playOrder = orderPlays(folded.trees);
  const behind = playsBehind(playOrder.follows);
  return { playbook, selected, hosts, batches, ...folded, playOrder, behind, fixed };
}

function foldPlays(
  playbook: Playbook,
  options: CompileOptions,
): { trees: PlayTree[]; tables: StepTables; start: StartPoint } {
  const tables: StepTables = { steps: [], blocks: [] };
  const start = new StartPoint(options.selection.startAt);
  const selection = { tags: tagFilter(options.selection), start };
  const trees = playbook.plays.map((play, index) => foldPlay(play, index, tables, selection));
  return { trees, tables, start };
}

/** Parameters and `-e`, lowest precedence first. */
function fixedLayers(playbook: Playbook, extraVars: readonly VariableLayer[]): VariableLayer[] {
  if (Object.keys(playbook.params).length === 0) return [...extraVars];
  // -e comes first: a parameter's value was taken from it and may have been coerced to the type of its schema.
  return [...extraVars, { source: 'extra-vars', label: 'params', values: playbook.params }];
}

function merged(layers: readonly VariableLayer[]): RawVariables {
  const values: Record<string, Value> = {};
  for (const layer of layers) Object.assign(values, layer.values);
  return values;
}

/** The hosts of all plays, in the order of the inventory. */
function hostNames(inventory: Inventory, selected: HostSelection): string[] {
  const used = new Set(selected.plays.flatMap((play) => play.batches.flat()));
  const known = [...inventory.hosts.keys()].filter((name) => used.has(name));
  for (const name of known) used.delete(name);
  return [...known, ...used];
}

function batchIndexes(selected: HostSelection, hosts: readonly string[]): number[][][] {
  const indexes = new Map(hosts.map((name, index) => [name, index]));
  return selected.plays.map((play) =>
    play.batches.map((batch) => batch.map((name) => indexes.get(name) ?? 0)),
  );
}

function presetEvents(trees: readonly PlayTree[], options: CompileOptions): Set<string> {
  const left = trees.flatMap((tree) => tree.leftOut.filter(({ because }) => because === 'start-at'));
  return new Set([...options.selection.assumeSet, ...left.map(({ event }) => event)]);
}

/** Events whose waiters wait for nothing in the plan. */
function outsideEvents(playbook: Playbook, preset: ReadonlySet<string>): Set<string> {
  const external = Object.entries(playbook.declarations.events).filter(([, event]) => event.external);
  return new Set([...preset, ...external.map(([name]) => name)]);
}
