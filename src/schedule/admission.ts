import { type BlockNode, blockLabel, type NodeId, type PlanNode, stepLabel } from '../model/plan.ts';
import type { StepNode } from './active.ts';
import { blockRun, isIdle, isOwed, surroundings } from './block-runs.ts';
import { isDaemon } from './daemons.ts';
import { isLive } from './host-states.ts';
import type { RunState } from './run-state.ts';

/** Why a node does not start. */
export interface Refusal {
  readonly end: 'idle' | 'skipped' | 'cancelled' | 'failed';
  readonly msg: string;
}

/** Whether a node of a host may start now: undefined, or how it ends instead. O(depth of blocks). */
export function refusalOf(state: RunState, node: StepNode | BlockNode, host: number): Refusal | undefined {
  const { blocks, graph, hosts, halt } = state;
  if (isIdle(blocks, node, host)) return { end: 'idle', msg: '' };
  if (graph.onFailure[node.id] === 'awaited' && node.kind !== 'block') return { end: 'idle', msg: '' };
  if (halt !== undefined) return { end: 'cancelled', msg: halt.message };
  if (state.dismissing && isDaemon(state, node)) return { end: 'skipped', msg: 'all else has ended' };
  const play = hosts.plays[node.play];
  const failure = startFailureOf(state, node, host);
  if (failure !== undefined) return { end: 'failed', msg: failure };
  if (play?.stopped.has(host) === true) return { end: 'skipped', msg: 'ended by meta' };
  const cause = graph.causes[node.id] ?? -1;
  if (cause >= 0) return { end: 'cancelled', msg: `it needs ${describeNode(state, cause)}` };
  const down = hosts.down.get(host);
  if (down !== undefined) return { end: 'cancelled', msg: `the host is ${down}` };
  if (play?.excluded.has(host) === true)
    return { end: 'cancelled', msg: 'the host failed in an earlier play' };
  if (play?.cancelled.has(node.batch) === true || play?.cancelled.has(-1) === true)
    return { end: 'cancelled', msg: play.broken ?? 'its play was cancelled' };
  const fatal = play?.fatal.get(node.batch);
  if (fatal !== undefined && !isOwed(blocks, node, host) && node.kind !== 'handler')
    return { end: 'cancelled', msg: `${describeNode(state, fatal)} was fatal (any_errors_fatal)` };
  return neverBegun(state, node, host);
}

/**
 * Whether nothing has happened in the run that could keep a node from starting which was let through before it waited.
 * Says so quickly in a run without trouble; where it says no, `refusalOf` tells.
 */
export function isUntroubled({ hosts, graph, halt, dismissing }: RunState, node: StepNode): boolean {
  const play = hosts.plays[node.play];
  if (play === undefined || halt !== undefined || dismissing || hosts.down.size > 0) return false;
  const marks = play.stopped.size + play.excluded.size + play.cancelled.size + play.fatal.size;
  return marks === 0 && (graph.causes[node.id] ?? -1) < 0;
}

/** The host that a run_once step runs on: the first of its batch that is live, or why there is none. */
export function onceHost(
  state: RunState,
  node: Extract<PlanNode, { kind: 'once' }>,
): { readonly host: number } | Refusal {
  const play = state.hosts.plays[node.play];
  const part = state.plan.steps[node.step]?.part;
  const refusals: Refusal[] = [];
  for (const host of node.hosts) {
    const refusal = refusalOf(state, node, host);
    if (refusal !== undefined) refusals.push(refusal);
    else if (play === undefined || part === 'always' || isLive(state.hosts, play, host)) return { host };
    else refusals.push({ end: 'cancelled', msg: 'no host of the batch is left' });
  }
  const ranks = ['cancelled', 'skipped', 'idle'] as const;
  for (const end of ranks) {
    const found = refusals.find((refusal) => refusal.end === end);
    if (found !== undefined) return found;
  }
  return { end: 'cancelled', msg: 'the batch has no host' };
}

/** A node in words, with how it ended where that is known. */
export function describeNode(state: RunState, id: NodeId): string {
  const node = state.graph.nodes[id];
  if (node === undefined) return 'an unknown step';
  const end = state.graph.ends[id];
  const how = end === undefined || end === 'passed' || end === 'idle' ? '' : `, which ${endWords[end]}`;
  return `${nodeLabel(state, node)}${how}`;
}

/** A node in words. */
export function nodeInWords(state: RunState, id: NodeId): string {
  const node = state.graph.nodes[id];
  return node === undefined ? 'an unknown step' : nodeLabel(state, node);
}

const endWords = { failed: 'failed', cancelled: 'did not end well' } as const;

function nodeLabel(state: RunState, node: PlanNode): string {
  const { plan } = state;
  if (node.kind === 'join') return `play "${plan.plays[node.play]?.name ?? ''}"`;
  const host = node.kind === 'once' ? node.hosts[0] : node.host;
  const where = node.kind === 'once' ? '' : ` on ${plan.hosts[host ?? -1] ?? ''}`;
  if (node.kind === 'block') return `${blockLabel(plan.blocks[node.block])}${where}`;
  const step = plan.steps[node.step];
  return `step "${step === undefined ? '' : stepLabel(step)}"${where}`;
}

// The first node inside a block that could not begin carries its failure; the others are cancelled.
function startFailureOf(state: RunState, node: StepNode | BlockNode, host: number): string | undefined {
  if (node.kind === 'block' && node.part !== 'begin') return undefined;
  const [inner] = surroundings(state.blocks, node, host);
  const failure = inner?.run.startFailure;
  if (inner !== undefined) inner.run.startFailure = undefined;
  return failure;
}

function neverBegun(state: RunState, node: StepNode | BlockNode, host: number): Refusal | undefined {
  const own =
    node.kind === 'block' && node.part !== 'begin'
      ? blockRun(state.blocks, node.block, host, node.pass)
      : surroundings(state.blocks, node, host)[0]?.run;
  if (own === undefined || own.phase === 'begun') return undefined;
  if (own.phase === 'skipped')
    return isToRegister(state, node) ? undefined : { end: 'skipped', msg: 'its block was skipped' };
  return { end: 'cancelled', msg: 'its block was cancelled' };
}

// A step whose condition is known to be false takes nothing when it starts, and sets what it registers.
function isToRegister({ plan }: RunState, node: StepNode | BlockNode): boolean {
  if (node.kind === 'block' || !('skip' in node) || node.skip === undefined) return false;
  return plan.steps[node.step]?.keywords.register !== undefined;
}
