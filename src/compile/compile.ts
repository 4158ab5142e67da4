import type { Diagnostic } from '../model/diagnostic.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Plan, PlanNode } from '../model/plan.ts';
import type { Playbook } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import { checkCycles } from './check-cycles.ts';
import { checkEvents } from './check-events.ts';
import { checkHandlers } from './check-handlers.ts';
import { checkLimits } from './check-limits.ts';
import { checkNames } from './check-names.ts';
import { checkSelection } from './check-selection.ts';
import { checkWrites } from './check-writes.ts';
import type { CompileOptions, RawVariables } from './compile-input.ts';
import { WhenDecider } from './decide-when.ts';
import { deepFreeze } from './deep-freeze.ts';
import { collectEventUses, eventLinks, orderGraph } from './event-graph.ts';
import { foldPlay, type StepTables } from './fold-play.ts';
import { planFacts } from './gather-facts.ts';
import { settle } from './graph.ts';
import { KnownValues } from './known-values.ts';
import { bringsSteps } from './lane-slots.ts';
import { shapeLane } from './lane-wiring.ts';
import { layOutPlan } from './layout.ts';
import { NameReader } from './names-read.ts';
import { checkNeeds, needResolver, orderPlays } from './needs.ts';
import { planPlay, playsBehind } from './plan-plays.ts';
import type { PlayTree } from './play-tree.ts';
import { longestPaths } from './priorities.ts';
import { runtimeNames } from './runtime-names.ts';
import { choosePlayHosts, type HostSelection } from './select-hosts.ts';
import { tagFilter } from './select-tags.ts';
import { stampPlan } from './stamp.ts';
import { StartPoint } from './start-at.ts';
import { indexVariables } from './variable-index.ts';

/** What compiling gives: the plan, unless an error stands among the diagnostics. */
export interface CompileResult {
  readonly plan?: Plan | undefined;
  /** All errors and warnings; the warnings stand in the plan as well. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Compiles a playbook for an inventory and a selection into the frozen DAG of everything that is to run. Nothing is
 * connected to, no lookup is evaluated. All problems are told at once.
 */
export function compile(playbook: Playbook, inventory: Inventory, options: CompileOptions): CompileResult {
  const fixed = fixedLayers(playbook, options.extraVars);
  const selected = choosePlayHosts(playbook, inventory, options, merged([...playbook.layers, ...fixed]));
  const hosts = hostNames(inventory, selected);
  const batches = batchIndexes(selected, hosts);

  const { trees, tables, start } = foldPlays(playbook, options);
  const plays = orderPlays(trees);
  const behind = playsBehind(plays.follows);

  const reader = new NameReader(options.engine, options.modules);
  const index = indexVariables(reader, playbook, inventory, tables, fixed);
  const runtime = runtimeNames(playbook, tables.steps);
  const tags = tagFilter(options.selection);
  const playHosts = batches.map((list) => list.flat());
  const facts = planFacts({ trees, tables, reader, index, options, tags, hosts: playHosts, behind });

  const resolve = needResolver(trees);
  const shapes = trees.map((tree) => shapeLane(tree, facts[tree.index]?.step, resolve));
  const layout = layOutPlan(shapes, batches, facts);
  const skips = new WhenDecider({
    engine: options.engine,
    reader,
    known: new KnownValues(inventory, runtime),
    hosts,
    ...tables,
    layersOf: (play) => [...playbook.layers, ...(playbook.plays[play]?.layers ?? []), ...fixed],
  });
  const nodes = stampPlan(layout, plays.follows, skips);

  const uses = collectEventUses(nodes, tables.steps, tables.blocks);
  const preset = presetEvents(trees, options);
  const order = orderGraph(nodes, uses, outsideEvents(playbook, preset));
  const settled = settle(order.graph, order.quorum);

  const planPlays = trees.map((tree) => planPlay(tree, batches[tree.index] ?? [], plays.follows));
  const diagnostics: Diagnostic[] = [
    ...selected.diagnostics,
    ...checkSelection(playbook, trees, start, options.selection),
    ...plays.diagnostics,
    ...checkNeeds(trees),
    ...checkHandlers(trees),
    ...checkLimits(playbook, tables),
    ...checkEvents(uses, eventContext(playbook, trees, tables, selected, preset)),
    ...checkCycles(order, settled, { nodes, ...tables, plays: planPlays }),
    ...checkWrites({ trees, shapes, layout, behind, tables, nodes, hosts, order, reader, index }),
    ...checkNames({ trees, tables, reader, index, runtime }),
  ];
  if (diagnostics.some((diagnostic) => diagnostic.severity === 'error')) return { diagnostics };

  setPriorities(nodes, longestPaths(order, settled, nodes.length));
  const plan: Plan = {
    version: 1,
    name: playbook.name,
    file: playbook.file,
    dialect: playbook.dialect,
    hosts,
    plays: planPlays,
    ...tables,
    nodes,
    declarations: playbook.declarations,
    eventLinks: eventLinks(uses),
    layers: [...playbook.layers, ...fixed],
    presetEvents: [...preset],
    warnings: diagnostics,
  };
  return { plan: deepFreeze(plan), diagnostics };
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

function eventContext(
  playbook: Playbook,
  trees: readonly PlayTree[],
  tables: StepTables,
  selected: HostSelection,
  preset: ReadonlySet<string>,
): Parameters<typeof checkEvents>[1] {
  return {
    declarations: playbook.declarations,
    preset,
    leftOut: trees.flatMap((tree) => tree.leftOut),
    isLimited: selected.plays.some((play) => play.emptiedByLimit),
    mayBringSetters: tables.steps.some(bringsSteps),
  };
}

/** The nodes were made here and are frozen afterwards, so that writing to them is still allowed. */
function setPriorities(nodes: readonly PlanNode[], lengths: Uint32Array): void {
  for (const node of nodes as readonly { id: number; priority: number }[])
    node.priority = lengths[node.id] ?? 0;
}
