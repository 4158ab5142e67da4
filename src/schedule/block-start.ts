import { CoordinationError } from '../coordinate/coordinator.ts';
import { type BlockNode, blockLabel } from '../model/plan.ts';
import type { Keywords } from '../model/playbook.ts';
import type { Active } from './active.ts';
import { refusalOf } from './admission.ts';
import { type BlockRun, blockEnd, blockRun, isRescued, noteInBlock } from './block-runs.ts';
import { isDaemon } from './daemons.ts';
import { eventsSetBy, noteUnitEnd, type UnitEnd } from './event-units.ts';
import { passGates } from './gates.ts';
import type { NodeEnd } from './graph.ts';
import { markFailed } from './host-changes.ts';
import type { Keeper } from './limit-uses.ts';
import { endAfter, endNow } from './node-end.ts';
import { isPassEnd } from './passes.ts';
import type { RunState } from './run-state.ts';
import { heldAround } from './surrounding-holds.ts';
import { takeLimits } from './take-limits.ts';
import { hasWay, type Way } from './way.ts';

/** Takes a boundary of a block: begins it, decides on its rescue and always, or ends it. */
export function advanceBlock(state: RunState, node: BlockNode): void {
  const run = blockRun(state.blocks, node.block, node.host, node.pass);
  switch (node.part) {
    case 'begin':
      beginBlock(state, node, run);
      return;
    case 'rescue':
      endNow(state, node.id, beginRescue(state, node, run));
      return;
    case 'always':
      endNow(state, node.id, beginAlways(state, node, run));
      return;
    case 'end':
      endBlock(state, node, run);
      return;
  }
}

/**
 * Takes gates and limits of a block or play as a whole. What is taken is with `keeper`, also when it fails half-way.
 *
 * It counts as waiting until its node ends.
 *
 * @returns undefined when all is passed, else why not; `cancelled` when the wait was given up.
 */
export async function enterWhole(
  state: RunState,
  active: Active,
  keywords: Keywords,
  way: Omit<Way, 'keywords'> & { readonly keeper: Keeper },
): Promise<{ readonly failure: string; readonly cancelled: boolean } | undefined> {
  state.active.set(active.id, active);
  try {
    await new Promise<void>((resolve, reject) => {
      passGates(state, active, { ...way, keywords }, (failure) => {
        if (failure === undefined) resolve();
        else reject(failure);
      });
    });
    await takeLimits(state, active, { ...way, keywords }, way.keeper);
    return undefined;
  } catch (error) {
    if (error instanceof CoordinationError)
      return { failure: error.message, cancelled: error.failure === 'cancelled' };
    const message = error instanceof Error ? error.message : String(error);
    state.recap.internalErrors.push(message);
    return { failure: `internal error (RB901): ${message}`, cancelled: false };
  }
}

/** A block or play that waits, as coordination knows it. */
export function wholeActive(state: RunState, id: number, label: string): Active {
  return {
    id,
    holder: { id: String(id), label },
    phase: 'waiting',
    timed: false,
    readyMs: state.options.clock.nowMs(),
    runMs: 0,
    forkWaitMs: 0,
    holds: [],
  };
}

function beginBlock(state: RunState, node: BlockNode, run: BlockRun): void {
  const refusal = refusalOf(state, node, node.host);
  if (refusal !== undefined) {
    refuseBlock(state, node, run, refusal);
    return;
  }
  if (node.skip !== undefined) {
    run.phase = 'skipped';
    endNow(state, node.id, 'passed');
    return;
  }
  const block = state.plan.blocks[node.block];
  // A repeated block as a whole has gone its way before its first pass.
  if (block === undefined || block.keywords.repeat !== undefined || !hasWay(block.keywords)) {
    enterBlock(state, node, run);
    return;
  }
  const host = state.plan.hosts[node.host] ?? '';
  const active = wholeActive(state, node.id, `${blockLabel(block)} on ${host}`);
  const way = {
    host,
    owner: { kind: 'block', index: node.block } as const,
    heldAround: heldAround(state, { node, host: node.host }),
    keeper: run,
  };
  void enterWhole(state, active, block.keywords, way).then((stop) => {
    const late = stop === undefined ? refusalOf(state, node, node.host) : undefined;
    if (stop !== undefined && !stop.cancelled) failBlock(state, node, run, stop.failure, active);
    else if (stop !== undefined) refuseBlock(state, node, run, { end: 'cancelled', msg: stop.failure });
    else if (late !== undefined) refuseBlock(state, node, run, late);
    else enterBlock(state, node, run);
    state.wake();
  });
}

function failBlock(state: RunState, node: BlockNode, run: BlockRun, msg: string, active: Active): void {
  if (active.heldElsewhere === true && !isRescued(state.blocks, node, node.host))
    state.recap.heldElsewhere = true;
  refuseBlock(state, node, run, { end: 'failed', msg });
}

function enterBlock(state: RunState, node: BlockNode, run: BlockRun): void {
  run.phase = 'begun';
  endNow(state, node.id, 'passed');
}

/** The steps of a block that did not begin end as it did; its end gives back what it had taken already. */
function refuseBlock(
  state: RunState,
  node: BlockNode,
  run: BlockRun,
  refusal: { readonly end: 'idle' | 'skipped' | 'cancelled' | 'failed'; readonly msg: string },
): void {
  const phases = { idle: 'idle', skipped: 'skipped', cancelled: 'cancelled', failed: 'cancelled' } as const;
  run.phase = phases[refusal.end];
  if (refusal.end === 'failed') {
    run.startFailure = refusal.msg;
    run.startFailed = true;
  }
  const ends = { idle: 'idle', skipped: 'passed', cancelled: 'cancelled', failed: 'cancelled' } as const;
  endNow(state, node.id, ends[refusal.end]);
}

function beginRescue(state: RunState, node: BlockNode, run: BlockRun): NodeEnd {
  const play = state.hosts.plays[node.play];
  const isOut = state.hosts.down.has(node.host) || play?.stopped.has(node.host) === true;
  if (run.phase !== 'begun' || run.worst.body !== 'failed' || run.barred === true || isOut) return 'idle';
  run.rescueBegun = true;
  return state.halt === undefined ? 'passed' : 'cancelled';
}

function beginAlways(state: RunState, node: BlockNode, run: BlockRun): NodeEnd {
  if (run.phase === 'idle') return 'idle';
  if (run.phase === 'skipped') return 'passed';
  const isOut = state.hosts.down.has(node.host) || state.halt !== undefined;
  return run.phase !== 'begun' || isOut ? 'cancelled' : 'passed';
}

function endBlock(state: RunState, node: BlockNode, run: BlockRun): void {
  const block = state.plan.blocks[node.block];
  const stopped = state.hosts.plays[node.play]?.stopped.has(node.host) === true;
  const own = blockEnd(run, block?.hasRescue === true);
  const end = stopped && own !== 'idle' ? 'passed' : own;
  // What becomes of a failed attempt is decided by whoever began it.
  const isOwn = !isPassEnd(state, node) && block?.isRetried !== true;
  if ((end === 'failed' || end === 'cancelled') && isOwn) {
    noteInBlock(state.blocks, node, node.host, end, run.failure);
    const failed = run.worst.body === 'failed' || end === 'failed';
    if (failed && !isRescued(state.blocks, node, node.host) && !isDaemon(state, node))
      markFailed(state, { node }, [node.host]);
  }
  const host = state.plan.hosts[node.host] ?? '';
  const why = `${blockLabel(block)} on ${host} did not end well`;
  const acts = noteUnitEnd(state.units, node, unitEnd(run, end), why);
  const mayLose = eventsSetBy(state.units, node);
  endAfter(state, node.id, end, { acts, mayLose, release: run.holds, poison: [], why });
}

function unitEnd(run: BlockRun, end: NodeEnd): UnitEnd {
  if (end === 'idle' || run.phase === 'skipped') return 'skipped';
  return end === 'passed' && run.worst.body === 'passed' ? 'done' : 'bad';
}
