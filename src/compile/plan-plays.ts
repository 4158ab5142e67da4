import type { LatePlay, PlanPlay } from '../model/plan.ts';
import type { LaneShape } from './lane.ts';
import { plainSlots } from './plain-slots.ts';
import type { PlayTree } from './play-tree.ts';

/** The play as it stands in the plan. */
export function planPlay(
  tree: PlayTree,
  batches: readonly (readonly number[])[],
  follows: readonly (readonly number[])[],
): PlanPlay {
  const { play, index } = tree;
  return {
    index,
    id: play.id,
    name: play.name ?? play.id ?? play.hosts,
    pattern: play.hosts,
    at: play.at,
    dialect: play.dialect,
    batches,
    strategy: play.strategy,
    maxFailPercentage: play.maxFailPercentage,
    forceHandlers: play.forceHandlers,
    keywords: play.keywords,
    layers: play.layers,
    dynamicVarsFiles: play.dynamicVarsFiles,
    follows: follows[index] ?? [],
    handlers: tree.handlers.map((handler) => handler.index),
  };
}

/** How a late play chooses its hosts, and the way of each of them. */
export function latePlay(
  choice: Pick<LatePlay, 'pattern' | 'limit' | 'order' | 'serial'>,
  { slots, facts, ends }: LaneShape,
  served: readonly number[],
): LatePlay {
  return { ...choice, slots: plainSlots(slots), facts, served, ends };
}

/** For each play all plays that it is ordered behind, directly or not. */
export function playsBehind(follows: readonly (readonly number[])[]): ReadonlySet<number>[] {
  return follows.map((direct) => {
    const found = new Set(direct);
    for (const play of found) for (const before of follows[play] ?? []) found.add(before);
    return found;
  });
}
