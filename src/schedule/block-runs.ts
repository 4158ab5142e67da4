import type { BlockPart, NodeId, Plan, PlanNode, PlanStep } from '../model/plan.ts';
import type { Keywords } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import type { NodeEnd } from './graph.ts';
import type { Hold } from './limit-uses.ts';

/** A failure, as a rescue is told of it. */
export interface Failure {
  readonly step: PlanStep;
  readonly result: Value;
}

/** A block on one host. */
export interface BlockRun {
  /** `idle`: the block stands in a rescue that was not needed. `cancelled`: it never began. */
  phase: 'open' | 'begun' | 'skipped' | 'idle' | 'cancelled';
  rescueBegun: boolean;
  /** Why its gates or limits were not passed, until the first step inside has been told. */
  startFailure?: string | undefined;
  startFailed: boolean;
  /** The worst end in each part. */
  readonly worst: Record<BlockPart, 'passed' | 'cancelled' | 'failed'>;
  /** In a pass of a repeated block: the worst end of what went on in the background there. */
  beside: 'passed' | 'cancelled' | 'failed';
  failure?: Failure | undefined;
  /** Whether a mistake in the playbook stopped its body: its rescue takes up nothing any more. */
  barred?: boolean | undefined;
  /** Whether the errors so far were cleared: they no longer count at its end. */
  forgiven?: boolean | undefined;
  /** What it holds as a whole. */
  holds: Hold[];
  /** What the include whose steps it holds has taken for them, or the repeated block for all of its passes. */
  lent?: Hold[] | undefined;
}

/** All blocks of a run. */
export interface BlockRuns {
  readonly plan: Plan;
  readonly runs: Map<number, BlockRun>;
  /** Blocks in which a consumer works on an item, by the begin of that pass: the consuming block and those inside. */
  readonly passes: Map<NodeId, { readonly block: number; readonly runs: Map<number, BlockRun> }>;
}

/** A block around a node on a host, and in which of its lists the node stands. */
export interface Surrounding {
  readonly block: number;
  readonly part: BlockPart;
  readonly run: BlockRun;
}

/** The state before a run. */
export function emptyBlockRuns(plan: Plan): BlockRuns {
  return { plan, runs: new Map(), passes: new Map() };
}

const mostHosts = 2 ** 24;

/** A block's state on a host; in a pass of a consumer its state in that. */
export function blockRun(blocks: BlockRuns, block: number, host: number, pass?: NodeId): BlockRun {
  // Hosts and blocks may be added in the run.
  const key = block * mostHosts + host;
  const runs = (pass === undefined ? undefined : blocks.passes.get(pass)?.runs) ?? blocks.runs;
  const known = runs.get(key);
  if (known !== undefined) return known;
  const created: BlockRun = {
    phase: 'open',
    rescueBegun: false,
    startFailed: false,
    worst: { body: 'passed', rescue: 'passed', always: 'passed' },
    beside: 'passed',
    holds: [],
  };
  runs.set(key, created);
  return created;
}

const none: readonly Surrounding[] = [];

/** The blocks around a node on a host, innermost first. A block's own boundaries stand outside of it. */
export function surroundings(blocks: BlockRuns, node: PlanNode, host: number): readonly Surrounding[] {
  if (node.kind === 'join') return none;
  const { plan } = blocks;
  const [inner, innerPart] =
    node.kind === 'block'
      ? [plan.blocks[node.block]?.parent, plan.blocks[node.block]?.part]
      : [plan.steps[node.step]?.block, plan.steps[node.step]?.part];
  if (inner === undefined) return none;
  const found: Surrounding[] = [];
  let block: number | undefined = inner;
  let part = innerPart;
  // The boundaries of a consuming block stand in its passes, and what is around the block does not.
  const consuming = node.pass === undefined ? undefined : blocks.passes.get(node.pass)?.block;
  let pass = node.kind === 'block' && node.block === consuming ? undefined : node.pass;
  while (block !== undefined) {
    found.push({ block, part: part ?? 'body', run: blockRun(blocks, block, host, pass) });
    if (block === consuming) pass = undefined;
    part = plan.blocks[block]?.part;
    block = plan.blocks[block]?.parent;
  }
  return found;
}

/**
 * Notes the end of a node in the block around it. What goes on in the background decides nothing there; in a pass of a
 * repeated block it decides about the pass, where nothing there joins it.
 */
export function noteInBlock(
  blocks: BlockRuns,
  node: PlanNode,
  host: number,
  end: NodeEnd,
  failure?: Failure,
): void {
  if (end === 'passed' || end === 'idle') return;
  if (ownKeywords(blocks.plan, node)?.background !== undefined) {
    noteBeside(blocks, node, host, end);
    return;
  }
  const [inner] = surroundings(blocks, node, host);
  if (inner === undefined) return;
  const { run, part } = inner;
  if (run.worst[part] !== 'failed') run.worst[part] = end;
  if (end !== 'failed') return;
  run.failure ??= failure;
  run.forgiven = false;
}

/** Keeps the rescues of the blocks around a node from taking up what failed there. */
export function barRescues(blocks: BlockRuns, node: PlanNode, host: number): void {
  for (const { run, part } of surroundings(blocks, node, host)) if (part === 'body') run.barred = true;
}

/** Clears the errors of hosts in the blocks around a node that have begun on them. */
export function forgiveBlocks(blocks: BlockRuns, node: PlanNode, hosts: Iterable<number>): void {
  for (const host of hosts)
    for (const { run } of surroundings(blocks, node, host)) if (run.phase === 'begun') run.forgiven = true;
}

function noteBeside(blocks: BlockRuns, node: PlanNode, host: number, end: 'cancelled' | 'failed'): void {
  const pass = node.pass === undefined ? undefined : blocks.passes.get(node.pass);
  if (pass === undefined || isJoined(blocks.plan, pass.block, node.id - (node.pass ?? 0))) return;
  const run = blockRun(blocks, pass.block, host, node.pass);
  if (run.beside !== 'failed') run.beside = end;
}

/** Whether a step of a pass joins a node, given by its number there: then its failure is that step's. */
function isJoined({ blocks }: Plan, block: number, id: NodeId): boolean {
  return (blocks[block]?.pass ?? []).some(
    (node) => 'joins' in node && node.joins?.nodes.includes(id) === true,
  );
}

/** Whether a node is not needed: it stands in a rescue that nothing called for. */
export function isIdle(blocks: BlockRuns, node: PlanNode, host: number): boolean {
  if (node.kind === 'block' && node.part !== 'begin')
    return blockRun(blocks, node.block, host, node.pass).phase === 'idle';
  const [inner] = surroundings(blocks, node, host);
  if (inner === undefined) return false;
  return inner.run.phase === 'idle' || (inner.part === 'rescue' && !inner.run.rescueBegun);
}

/** Whether a node is owed to a block that has begun: it stands in, or is, a rescue, an always or the block's end. */
export function isOwed(blocks: BlockRuns, node: PlanNode, host: number): boolean {
  if (node.kind === 'block' && node.part !== 'begin')
    if (blockRun(blocks, node.block, host, node.pass).phase === 'begun') return true;
  return surroundings(blocks, node, host).some(({ run, part }) => run.phase === 'begun' && part !== 'body');
}

/** The outcome of a block at its end. */
export function blockEnd(run: BlockRun, hasRescue: boolean): NodeEnd {
  if (run.phase === 'idle') return 'idle';
  if (run.phase === 'skipped') return 'passed';
  if (run.phase !== 'begun') return run.startFailed ? 'failed' : 'cancelled';
  if (run.forgiven === true) return 'passed';
  const { beside } = run;
  const { body, rescue, always } = run.worst;
  const main = body === 'failed' && hasRescue && run.rescueBegun ? rescue : body;
  const ends = [main, always, beside];
  if (ends.includes('failed')) return 'failed';
  return ends.includes('cancelled') ? 'cancelled' : 'passed';
}

/** Whether a failure of a node is taken up by a rescue: it stands in the body of a begun block that has one. */
export function isRescued(blocks: BlockRuns, node: PlanNode, host: number): boolean {
  // A queue takes up what fails in the work on its items.
  if (node.pass !== undefined) return true;
  if (ownKeywords(blocks.plan, node)?.background !== undefined) return false;
  for (const { run, part, block } of surroundings(blocks, node, host)) {
    const { hasRescue, isRetried, keywords } = blocks.plan.blocks[block] ?? {};
    const takesUp = hasRescue === true || isRetried === true;
    if (part === 'body' && run.phase === 'begun' && takesUp && run.barred !== true) return true;
    if (keywords?.background !== undefined) return false;
  }
  return false;
}

/** What a block, and an include whose steps it holds, have taken for what is in it. */
export function heldBy({ holds, lent }: BlockRun): readonly Hold[] {
  return lent === undefined ? holds : [...holds, ...lent];
}

/** What failed, for a node that stands in a rescue. */
export function failureAround(blocks: BlockRuns, node: PlanNode, host: number): Failure | undefined {
  return surroundings(blocks, node, host).find(({ part }) => part === 'rescue')?.run.failure;
}

function ownKeywords(plan: Plan, node: PlanNode): Keywords | undefined {
  if (node.kind === 'join') return undefined;
  return (node.kind === 'block' ? plan.blocks[node.block] : plan.steps[node.step])?.keywords;
}
