import { parseDurationMs } from '../lib/duration.ts';
import { RunbookError } from '../model/diagnostic.ts';
import type { ConsumeNode } from '../model/plan.ts';
import type { Repeat } from '../model/playbook.ts';
import type { StepOutcome } from '../model/step-run.ts';
import type { Active, StepAt } from './active.ts';
import { refusalOf } from './admission.ts';
import { blockRun } from './block-runs.ts';
import { addFragment, type NodeEnd } from './graph.ts';
import { rest } from './rest.ts';
import type { RunState } from './run-state.ts';
import { workOf } from './step-start.ts';

/** A block that is repeated, on one host. */
interface Repeater {
  readonly state: RunState;
  readonly active: Active;
  readonly at: StepAt;
  readonly node: ConsumeNode;
  readonly repeat: Repeat;
}

/**
 * Repeats a block on a host: before each pass its condition is read, and a pass begins no sooner than `every` after the
 * one before. Ends with the first pass that does not end well, with the condition, after `max` passes, or when all else
 * has ended. Waiting takes no fork.
 */
export async function runRepeater(
  state: RunState,
  active: Active,
  at: StepAt,
  repeat: Repeat,
): Promise<StepOutcome> {
  const { node } = at;
  if (node.kind !== 'consume') throw new Error('a step that repeats nothing was met');
  const repeater: Repeater = { state, active, at, node, repeat };
  // What it does is told by the steps of its block: it runs nothing itself.
  active.phase = 'waiting';
  const { clock, singlePass } = state.options;
  const most = singlePass === true ? 1 : (repeat.max ?? Number.POSITIVE_INFINITY);
  const everyMs = parseDurationMs(repeat.every ?? 0) ?? 0;
  let passes = 0;
  for (; passes < most; passes++) {
    const beganMs = clock.nowMs();
    const refused = refusedEnd(repeater, passes);
    if (refused !== undefined) return refused;
    const condition = await goesOn(repeater);
    if (typeof condition !== 'boolean') return condition;
    if (!condition) break;
    const end = await pass(repeater, passes);
    if (end === 'failed' || end === 'cancelled') return unwell(repeater, passes, end);
    if (passes + 1 < most) await rest(state, active, Math.max(0, everyMs - (clock.nowMs() - beganMs)));
  }
  return ended(passes);
}

function refusedEnd({ state, node }: Repeater, passes: number): StepOutcome | undefined {
  const refusal = refusalOf(state, node, node.host);
  if (refusal === undefined || refusal.end === 'idle') return undefined;
  if (state.dismissing || (passes > 0 && refusal.end === 'skipped')) return ended(passes);
  return { outcome: refusal.end, msg: refusal.msg, notify: [] };
}

function ended(passes: number): StepOutcome {
  const msg = passes === 1 ? '1 pass' : `${passes} passes`;
  return { outcome: 'ok', msg, result: { passes }, notify: [] };
}

/** A daemon whose pass was cut short because all else has ended did all that it was to do. */
function unwell({ state }: Repeater, before: number, end: 'failed' | 'cancelled'): StepOutcome {
  if (state.dismissing && state.halt === undefined) return ended(before + 1);
  const msg = `pass ${before + 1} did not end well`;
  return { outcome: end, msg, result: { passes: before + 1 }, notify: [] };
}

async function goesOn({ state, at, repeat }: Repeater): Promise<boolean | StepOutcome> {
  const { holds } = state.options;
  if (repeat.while === undefined || holds === undefined) return true;
  try {
    return await holds(workOf(state, at), repeat.while);
  } catch (error) {
    if (!(error instanceof RunbookError)) throw error;
    return { outcome: 'failed', msg: error.message, notify: [] };
  }
}

/** One pass through the block: its nodes are added to the run, and end it. */
function pass({ state, active, node }: Repeater, number: number): Promise<NodeEnd> {
  const { expandPass } = state.options;
  if (expandPass === undefined) throw new Error('a repeated block was met, and nothing to expand it with');
  const id = state.graph.nodes.length;
  const { nodes, ends } = expandPass({ node, item: null, firstId: id });
  state.active.delete(active.id);
  return new Promise((finish) => {
    state.blocks.passes.set(id, { block: node.block, runs: new Map() });
    // What the block as a whole holds is held around each of its passes.
    blockRun(state.blocks, node.block, node.host, id).lent = active.holds;
    const end = ends[0] ?? id;
    state.passes.set(id, { id, consumer: node, item: null, number, locals: undefined, end, finish });
    state.options.emit({ type: 'nodes-added', parent: node.id, nodes });
    addFragment(state.graph, nodes);
    state.wake();
  });
}
