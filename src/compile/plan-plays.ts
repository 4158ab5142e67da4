import type { PlanPlay } from '../model/plan.ts';
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

/** For each play all plays that it is ordered behind, directly or not. */
export function playsBehind(follows: readonly (readonly number[])[]): ReadonlySet<number>[] {
  return follows.map((direct) => {
    const found = new Set(direct);
    for (const play of found) for (const before of follows[play] ?? []) found.add(before);
    return found;
  });
}
