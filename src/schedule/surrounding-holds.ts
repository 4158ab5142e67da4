import type { PlanNode } from '../model/plan.ts';
import type { Active } from './active.ts';
import { surroundings } from './block-runs.ts';
import type { Hold } from './limit-uses.ts';
import type { RunState } from './run-state.ts';

/** A node on the host that it runs for. */
export interface NodeAt {
  readonly node: PlanNode;
  readonly host: number;
}

/** What blocks and the play around a node hold for it, innermost first. */
export function holdsAround(state: RunState, { node, host }: NodeAt): readonly Hold[] {
  const inBlocks = surroundings(state.blocks, node, host).flatMap(({ run }) => run.holds);
  return [...inBlocks, ...(state.playHolds[node.play] ?? [])];
}

/** Names of limits that blocks and the play around a node hold for it. */
export function heldAround(state: RunState, at: NodeAt): ReadonlySet<string> {
  return new Set(holdsAround(state, at).map((hold) => hold.grant.limit));
}

/**
 * How long a lost host is to be tried again for a step: the longest that is asked for by what the step or what is around
 * it holds, and would keep if the host stayed away. Undefined where nothing is held.
 */
export function lostAfterOf(state: RunState, active: Active): number | undefined {
  if (active.at === undefined) return undefined;
  const holds = [...active.holds, ...holdsAround(state, active.at)].filter(
    ({ take }) => take.kind !== 'throttle',
  );
  return holds.length === 0 ? undefined : Math.max(...holds.map(({ take }) => take.lostAfterMs));
}
