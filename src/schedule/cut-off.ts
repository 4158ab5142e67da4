import type { Outcome } from '../model/outcome.ts';
import { type PlanNode, titleInPass } from '../model/plan.ts';
import { stopOf } from './active.ts';
import { countEnd } from './recap.ts';
import type { RunState } from './run-state.ts';

/**
 * Ends the run at once: what runs is told to end and counts as unknown, all else as cancelled. Steps that end later
 * are heard no more.
 */
export function cutOff(state: RunState): void {
  state.halt = { why: 'killed', message: 'the run was killed' };
  for (const active of state.active.values()) stopOf(active).abort();
  const { graph } = state;
  for (const node of graph.nodes) {
    if (graph.ends[node.id] !== undefined) continue;
    const running = state.active.get(node.id)?.phase === 'running';
    graph.ends[node.id] = 'cancelled';
    if (!state.ending.has(node.id) && isReported(state, node))
      reportCut(state, node, running ? 'unknown' : 'cancelled');
  }
  state.active.clear();
  graph.ready.length = 0;
  graph.open = 0;
  state.wake();
}

function isReported(state: RunState, node: PlanNode): boolean {
  if (state.includes.expanded.has(node.id)) return false;
  if (node.kind === 'handler') return state.active.has(node.id);
  if (node.kind === 'items') return !state.loops.byParent.has(node.id);
  return node.kind !== 'join' && node.kind !== 'block';
}

function reportCut(state: RunState, node: PlanNode, outcome: Outcome): void {
  if (node.kind === 'join' || node.kind === 'block') return;
  const at = state.active.get(node.id)?.at;
  const step = state.plan.steps[node.step];
  const index = at?.host ?? (node.kind === 'once' ? node.hosts[0] : node.host);
  if (step === undefined || index === undefined) return;
  countEnd(state.recap, index, outcome, { ignored: false, rescued: false });
  const host = state.plan.hosts[index] ?? '';
  state.options.emit({
    type: 'step-finished',
    node: node.id,
    step: step.index,
    title: titleInPass(step, state.options.titleOf?.(step, host)),
    host,
    outcome,
    durationMs: 0,
    waitedMs: 0,
    msg: outcome === 'unknown' ? 'the run was killed while it ran' : 'the run was killed',
  });
}
