import { includes } from '../model/include.ts';
import type { BlockPart, PlanBlock, PlanStep } from '../model/plan.ts';
import type { EventSet, Play, ReusedSteps, Step, StepAction } from '../model/playbook.ts';
import { addFlush } from './add-flush.ts';
import { asPasses } from './block-passes.ts';
import { blockKeywords, foldKeywords, inheritable } from './fold-keywords.ts';
import { foldPasses } from './fold-passes.ts';
import { addStep, isTransparent, layersInside, titleIn } from './fold-step.ts';
import type { Folding, StepSelection, StepTables, Surroundings } from './folding.ts';
import {
  type BlockMember,
  type LeftOutSet,
  type Member,
  type MemberList,
  type PlayTree,
  type StepMember,
  stepsOfPlay,
} from './play-tree.ts';
import { conditionOfUse, noteUse } from './role-runs.ts';

type BlockAction = Extract<StepAction, { type: 'block' }>;

/** Folds what plays and blocks say into their steps, and leaves out what is not selected. Handlers are always kept. */
export function foldPlay(
  play: Play,
  playIndex: number,
  tables: StepTables,
  selection: StepSelection,
): PlayTree {
  const folding: Folding = {
    tables,
    selection,
    playIndex,
    named: new Map(),
    leftOut: [],
    roleRuns: new Map(),
  };
  const surround = (section: PlanStep['section']): Surroundings => ({
    keywords: inheritable(play.keywords),
    layers: [],
    section,
    rescuable: false,
    around: [],
  });
  const preTasks = foldList(folding, play.preTasks, surround('pre_tasks'));
  const steps = foldList(folding, play.steps, surround('steps'));
  const postTasks = foldList(folding, play.postTasks, surround('post_tasks'));
  const handlers = play.handlers.flatMap((step) => foldHandler(folding, step, surround('handlers')));
  const { named, leftOut } = folding;
  const tree: PlayTree = { play, index: playIndex, preTasks, steps, postTasks, handlers, named, leftOut };
  const brings = [...stepsOfPlay(tree)].some(({ step }) => includes(step.action));
  return brings ? { ...tree, flush: addFlush(tables.steps, playIndex, play.at, 'added') } : tree;
}

/** Folds what is around a list into its steps, and leaves out what is not selected. */
export function foldList(folding: Folding, steps: readonly Step[], outer: Surroundings): MemberList {
  const list: OpenList = { part: outer.part, members: [] };
  foldInto(folding, steps, outer, list);
  return list;
}

type OpenList = MemberList & { readonly members: Member[] };

function foldInto(folding: Folding, steps: readonly Step[], outer: Surroundings, list: OpenList): void {
  const { members } = list;
  for (const written of steps) {
    const step = asPasses(written);
    const { action } = step;
    if (action.type === 'block' && action.reuse !== undefined && isTransparent(step)) {
      foldReused(folding, step, action, action.reuse, outer, list);
      continue;
    }
    const member =
      action.type === 'block'
        ? foldBlock(folding, step, action, outer)
        : foldStep(folding, step, action, outer);
    if (member !== undefined) members.push(member);
    if (step.id === undefined) continue;
    const named = member?.type === 'flush' ? undefined : member;
    const owner = named === undefined ? undefined : list;
    folding.named.set(step.id, {
      id: step.id,
      at: step.at,
      around: outer.around,
      member: named,
      list: owner,
    });
  }
}

/** Steps of another file whose keywords ask for no block: they belong to the list that names the file. */
function foldReused(
  folding: Folding,
  step: Step,
  action: BlockAction,
  reuse: ReusedSteps,
  outer: Surroundings,
  list: OpenList,
): void {
  const keywords = foldKeywords(outer.keywords, step.keywords);
  const condition = conditionOfUse(folding.roleRuns, reuse.onceKey, keywords.when ?? []);
  if (condition === undefined) return;
  const when = [...(keywords.when ?? []), ...condition];
  const own = { ...keywords, ...(when.length > 0 && { when }) };
  const inner: Surroundings = {
    ...outer,
    keywords: inheritable(own),
    layers: layersInside(step, action, outer),
    origin: reuse.origin,
  };
  const before = list.members.length;
  foldInto(folding, action.body, inner, list);
  if (reuse.onceKey !== undefined && list.members.length > before)
    noteUse(folding.roleRuns, reuse.onceKey, keywords.when ?? []);
}

function foldStep(
  folding: Folding,
  step: Step,
  action: Exclude<StepAction, { type: 'block' }>,
  outer: Surroundings,
): Member | undefined {
  if (action.type === 'passes') {
    const head = foldPasses(folding, step, action, outer, foldList);
    return head === undefined ? undefined : { type: 'step', step: head };
  }
  const keywords = foldKeywords(outer.keywords, step.keywords);
  const started = folding.selection.start.admits(step, titleIn(outer.origin, step, action));
  if (!started || !folding.selection.tags(keywords.tags ?? [])) {
    leaveOut(folding, step.keywords.set, started ? 'tags' : 'start-at');
    return undefined;
  }
  if (isFlush(action)) return { type: 'flush', at: step.at };
  return {
    type: 'step',
    step: withCallbacks(folding, step, addStep(folding, step, action, keywords, outer), outer),
    needs: step.keywords.needs,
    background: step.keywords.background,
  };
}

/** The steps that follow each item inherit from what is around the loop, and see its variables. */
function withCallbacks(folding: Folding, step: Step, loop: PlanStep, outer: Surroundings): PlanStep {
  const { onSuccess = [], onFailure = [] } = step.keywords;
  if (onSuccess.length + onFailure.length === 0) return loop;
  const inner = { ...outer, layers: loop.layers };
  const add = (list: readonly Step[]) =>
    list.flatMap((one) => {
      if (one.action.type === 'block') return [];
      return [addStep(folding, one, one.action, foldKeywords(outer.keywords, one.keywords), inner).index];
    });
  const { onSuccess: _success, onFailure: _failure, ...keywords } = loop.keywords;
  const made = { ...loop, keywords, callbacks: { success: add(onSuccess), failure: add(onFailure) } };
  folding.tables.steps[loop.index] = made;
  return made;
}

function foldBlock(
  folding: Folding,
  step: Step,
  action: BlockAction,
  outer: Surroundings,
): BlockMember | undefined {
  // The place in the list is taken before the inner blocks take theirs: outer blocks come first.
  const index = folding.tables.blocks.length;
  const inner = insideOf(folding, step, action, outer, index);
  folding.tables.blocks.push(inner.block);
  const stepCount = folding.tables.steps.length;
  const head = addHead(folding, step, outer);
  const isRescued = action.rescue.length > 0;
  const enter = (part: BlockPart, rescuable: boolean): Surroundings => ({ ...inner, part, rescuable });
  const body = foldList(folding, action.body, enter('body', outer.rescuable || isRescued));
  const rescue = foldRescue(folding, action.rescue, enter('rescue', outer.rescuable), body);
  const always = foldList(folding, action.always, enter('always', outer.rescuable));
  if (body.members.length + always.members.length === 0) {
    folding.tables.blocks.length = index;
    folding.tables.steps.length = stepCount;
    leaveOut(folding, step.keywords.set, folding.selection.start.reached ? 'tags' : 'start-at');
    return undefined;
  }
  const block: PlanBlock = { ...inner.block, hasRescue: rescue.members.length > 0 };
  folding.tables.blocks[index] = block;
  const { needs, background } = step.keywords;
  return { type: 'block', block, head, needs, background, body, rescue, always };
}

/** The step that stands for a consumer or repeated block as a whole; what its block says holds for each pass. */
function addHead(folding: Folding, step: Step, outer: Surroundings): PlanStep | undefined {
  const { consume, repeat, background } = step.keywords;
  if (consume === undefined && repeat === undefined) return undefined;
  const { tags, ignoreErrors, noLog } = foldKeywords(outer.keywords, step.keywords);
  const name = step.name ?? step.id ?? (consume === undefined ? 'repeat' : `consume ${consume.queue}`);
  const keywords = { tags, ignoreErrors, noLog, ...(repeat === undefined ? {} : { background }) };
  return addStep(folding, { ...step, id: undefined, name }, { type: 'none' }, keywords, outer);
}

/** The rescue of a body of which nothing was selected is left out as well: nothing in it can be needed. */
function foldRescue(
  folding: Folding,
  steps: readonly Step[],
  inside: Surroundings,
  body: MemberList,
): MemberList {
  const { tables } = folding;
  const [stepCount, blockCount] = [tables.steps.length, tables.blocks.length];
  const rescue = foldList(folding, steps, inside);
  if (body.members.length > 0) return rescue;
  tables.steps.length = stepCount;
  tables.blocks.length = blockCount;
  return { part: 'rescue', members: [] };
}

function insideOf(
  folding: Folding,
  step: Step,
  action: BlockAction,
  outer: Surroundings,
  index: number,
): Surroundings & { readonly block: PlanBlock } {
  const keywords = foldKeywords(outer.keywords, step.keywords);
  const layers = layersInside(step, action, outer);
  const block: PlanBlock = {
    index,
    play: folding.playIndex,
    parent: outer.block?.index,
    part: outer.part,
    layers,
    id: step.id,
    name: step.name,
    at: step.at,
    keywords: blockKeywords(step.keywords, keywords),
    hasRescue: action.rescue.length > 0,
    places: step.places,
  };
  return {
    keywords: inheritable(keywords),
    layers,
    section: outer.section,
    block,
    rescuable: outer.rescuable,
    around: [...outer.around, step.at],
    origin: action.reuse?.origin ?? outer.origin,
  };
}

/** A block among the handlers is a way to write what its handlers share: each of its steps is a handler. */
export function foldHandler(folding: Folding, step: Step, outer: Surroundings): PlanStep[] {
  const keywords = foldKeywords(outer.keywords, step.keywords);
  const { action } = step;
  if (action.type !== 'block') return [addStep(folding, step, action, keywords, outer)];
  const layers = layersInside(step, action, outer);
  const origin = action.reuse?.origin ?? outer.origin;
  const inner: Surroundings = { ...outer, keywords: inheritable(keywords), layers, origin };
  return action.body.flatMap((child) => foldHandler(folding, child, inner));
}

function leaveOut(
  folding: Folding,
  sets: readonly EventSet[] | undefined,
  because: LeftOutSet['because'],
): void {
  for (const { event, at } of sets ?? []) folding.leftOut.push({ event, at, because });
}

function isFlush(action: StepAction): boolean {
  if (action.type !== 'module' || action.module !== 'meta') return false;
  return Object.values(action.params).includes('flush_handlers');
}

/** Whether a member is one that its list goes on without. */
export function isBackground(member: StepMember | BlockMember): boolean {
  return member.background !== undefined;
}
