import type { PlanNode } from '../model/plan.ts';
import { type Active, controllerOf } from './active.ts';
import { surroundings } from './block-runs.ts';
import type { RunState } from './run-state.ts';

/** Whether a node lasts as long as the run: a daemon, or in the body of a block that is one. */
export function isDaemon(state: RunState, node: PlanNode): boolean {
  if (!state.hasDaemons || node.kind === 'join' || node.kind === 'once') return false;
  const own = node.kind === 'block' ? state.plan.blocks[node.block] : state.plan.steps[node.step];
  if (own?.keywords.background === 'daemon') return true;
  return surroundings(state.blocks, node, node.host).some(
    ({ block, part }) => part === 'body' && state.plan.blocks[block]?.keywords.background === 'daemon',
  );
}

/** Whether it is a daemon that runs. */
export function isRunningDaemon(state: RunState, active: Active): boolean {
  return active.phase === 'running' && active.at !== undefined && isDaemon(state, active.at.node);
}

/**
 * Ends daemons once nothing else waits or runs, the last started first, each when the one before has ended. From then
 * on no step of a daemon starts. To be called when nothing is ready.
 */
export function dismissDaemons(state: RunState): void {
  if (!state.hasDaemons) return;
  let last: Active | undefined;
  for (const active of state.active.values()) {
    const node = state.graph.nodes[active.id];
    if (node === undefined || !isDaemon(state, node)) return;
    last = active;
  }
  if (last === undefined || last.dismissed === true) return;
  state.dismissing = true;
  last.dismissed = true;
  controllerOf(last).abort();
}
