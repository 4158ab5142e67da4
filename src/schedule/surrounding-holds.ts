import type { PlanNode } from '../model/plan.ts';
import type { Active } from './active.ts';
import { heldBy, surroundings } from './block-runs.ts';
import type { Hold } from './limit-uses.ts';
import type { RunState } from './run-state.ts';

/** A node on the host that it runs for. */
export interface NodeAt {
  readonly node: PlanNode;
  readonly host: number;
}

const noHolds: readonly Hold[] = [];
const noNames: ReadonlySet<string> = new Set();

/** What blocks and the play around a node hold for it, innermost first. */
export function holdsAround(state: RunState, { node, host }: NodeAt): readonly Hold[] {
  const around = surroundings(state.blocks, node, host);
  const ofPlay = state.playHolds[node.play]?.holds ?? noHolds;
  return around.length === 0 ? ofPlay : [...around.flatMap(({ run }) => heldBy(run)), ...ofPlay];
}

/** Names of limits that blocks and the play around a node hold for it. */
export function heldAround(state: RunState, at: NodeAt): ReadonlySet<string> {
  const holds = holdsAround(state, at);
  return holds.length === 0 ? noNames : new Set(holds.map((hold) => hold.grant.limit));
}

/**
 * How long a lost host is to be tried again for a step: the longest that is asked for by what the step or what is around
 * it holds, and would keep if the host stayed away. Undefined where nothing is held.
 */
export function lostAfterOf(state: RunState, active: Active): number | undefined {
  if (active.at === undefined) return undefined;
  const holds = [...active.holds, ...holdsAround(state, active.at)].filter(
    ({ take }) => take.kind !== 'throttle' && take.kind !== 'packages',
  );
  return holds.length === 0 ? undefined : Math.max(...holds.map(({ take }) => take.lostAfterMs));
}
