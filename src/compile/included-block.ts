import { appliedKeywords, type IncludedSteps } from '../model/include.ts';
import type { LaneSlot, Plan, PlanBlock, PlanStep } from '../model/plan.ts';
import type { Play, Step } from '../model/playbook.ts';
import type { VariableLayer } from '../model/variables.ts';
import { addFlush } from './add-flush.ts';
import { foldHandler, foldList } from './fold-play.ts';
import type { Folding, StepTables, Surroundings } from './folding.ts';
import { layOutPass } from './lane-slots.ts';
import { wirePass } from './lane-wiring.ts';
import { needResolver } from './needs.ts';
import { plainSlots } from './plain-slots.ts';
import type { BlockMember, NamedMember, PlayTree } from './play-tree.ts';
import type { TagFilter } from './select-tags.ts';
import { StartPoint } from './start-at.ts';

/** Included steps as a block of the plan: what was added for them, and the way through them on one host. */
export interface IncludedBlock {
  readonly steps: readonly PlanStep[];
  readonly blocks: readonly PlanBlock[];
  readonly handlers: readonly PlanStep[];
  /** The play as far as the included steps see it: what they name with `needs` stands in it. */
  readonly tree: PlayTree;
  /** Index of the block; undefined where the selection left nothing. */
  readonly block: number | undefined;
  readonly slots: readonly LaneSlot[];
  /** Slots that end before the whole does, beside the last one. */
  readonly background: readonly number[];
}

/**
 * Compiles what a step includes, below what is around that step: keywords, variables, block, section. The plan is only
 * read; indexes go on behind those that it has.
 */
export function includedBlock(
  plan: Plan,
  by: PlanStep,
  included: IncludedSteps,
  selection: { readonly tags: TagFilter; readonly meets: boolean },
): IncludedBlock {
  const tables: StepTables = { steps: [...plan.steps], blocks: [...plan.blocks] };
  const [stepCount, blockCount] = [tables.steps.length, tables.blocks.length];
  const flush = addFlush(tables.steps, by.play, by.at, 'all');
  const named = new Map<string, NamedMember>();
  const start = new StartPoint(undefined);
  const folding: Folding = {
    tables,
    selection: { tags: selection.tags, start },
    playIndex: by.play,
    named,
    leftOut: [],
    roleRuns: new Map(),
  };
  const outer = outsideOf(plan, by, included.layers);
  const list = foldList(folding, [asBlock(by, included)], outer);
  const [member] = list.members;
  const handlers = included.handlers.flatMap((one) =>
    foldHandler(folding, one, { ...outer, section: 'handlers', block: undefined, part: undefined }),
  );
  const tree = treeOf(plan, by, { list, named, flush });
  const added = tables.steps.slice(stepCount).map((step) => within(by, step, included));
  const found = {
    tree,
    handlers: added.filter((step) => handlers.some(({ index }) => index === step.index)),
  };
  const [outermost, ...inner] = tables.blocks.slice(blockCount);
  const blocks = outermost === undefined ? [] : [retriedAs(outermost, included), ...inner];
  const tail = { steps: added, blocks };
  if (member?.type !== 'block') return { ...found, ...tail, block: undefined, slots: [], background: [] };
  return { ...found, ...tail, block: member.block.index, ...laneOf(tree, member, selection.meets) };
}

function retriedAs(block: PlanBlock, { isRetried }: IncludedSteps): PlanBlock {
  return isRetried === true ? { ...block, isRetried } : block;
}

function laneOf(
  tree: PlayTree,
  member: BlockMember,
  meets: boolean,
): Pick<IncludedBlock, 'slots' | 'background'> {
  const lane = layOutPass(tree, member);
  const background = wirePass(tree, lane, member, needResolver([tree]), meets);
  return { slots: plainSlots(lane.slots), background };
}

/** All that is included is one block, which takes over what goes for the include as a whole. */
function asBlock(by: PlanStep, { steps, label, isRetried }: IncludedSteps): Step {
  const { background } = by.keywords;
  const keywords = {
    ...appliedKeywords(by.action),
    ...(background !== undefined && { background }),
    // What the last attempt ignores makes another one of those before it.
    ...(isRetried === true && { ignoreErrors: false }),
  };
  return {
    name: label,
    at: by.at,
    action: { type: 'block', body: steps, rescue: [], always: [] },
    keywords,
    ...appliedVars(by),
    places: by.places,
  };
}

function appliedVars({ action }: PlanStep): Pick<Step, 'vars'> {
  return action.type === 'module' && action.applyVars !== undefined ? { vars: action.applyVars } : {};
}

function outsideOf(plan: Plan, by: PlanStep, layers: readonly VariableLayer[]): Surroundings {
  return {
    keywords: by.around ?? {},
    layers: [...by.layers.map(asIncludeParams(by)), ...layers],
    section: by.section,
    block: by.block === undefined ? undefined : plan.blocks[by.block],
    part: by.part,
    rescuable: by.rescuable,
    around: [],
    origin: by.origin,
  };
}

/** `vars` of an include win over what its steps have registered; those of blocks around it keep their place. */
function asIncludeParams(by: PlanStep): (layer: VariableLayer, index: number) => VariableLayer {
  const last = by.layers.length - 1;
  return (layer, index) =>
    index === last && layer.source === 'step' ? { ...layer, source: 'include-params' } : layer;
}

function within(by: PlanStep, step: PlanStep, { label }: IncludedSteps): PlanStep {
  const own = by.action.type === 'passes' ? [label] : [];
  const pass = [by.pass ?? [], own].flat().join(', ');
  return { ...step, includedBy: by.index, depth: (by.depth ?? 0) + 1, ...(pass !== '' && { pass }) };
}

function treeOf(
  plan: Plan,
  by: PlanStep,
  { list, named, flush }: { list: PlayTree['steps']; named: PlayTree['named']; flush: PlanStep },
): PlayTree {
  const empty = { members: [] };
  const sections = { preTasks: empty, steps: list, postTasks: empty };
  return { play: playOf(plan, by), index: by.play, ...sections, handlers: [], named, leftOut: [], flush };
}

/** The play of a step, as much of it as its lanes ask for. */
function playOf(plan: Plan, by: PlanStep): Play {
  const play = plan.plays[by.play];
  return {
    id: play?.id,
    name: play?.name,
    at: by.at,
    dialect: play?.dialect ?? plan.dialect,
    hosts: 'all',
    hostsAt: by.at,
    strategy: play?.strategy ?? 'free',
    order: 'inventory',
    serial: [],
    gatherFacts: false,
    forceHandlers: play?.forceHandlers ?? false,
    keywords: {},
    layers: [],
    preTasks: [],
    steps: [],
    postTasks: [],
    handlers: [],
    places: {},
  };
}
