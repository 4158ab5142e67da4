import type { Outcome } from '../model/outcome.ts';
import type { ConsumeNode, Plan } from '../model/plan.ts';
import type { Keywords } from '../model/playbook.ts';
import type { Active, StepAt, StepNode } from './active.ts';
import { giveBack } from './give-back.ts';
import type { Hold, Keeper } from './limit-uses.ts';
import type { RunState } from './run-state.ts';
import { heldAround } from './surrounding-holds.ts';
import { takeLimits } from './take-limits.ts';
import type { WayOwner } from './way.ts';

/**
 * The keywords by which a node waits and takes: on a loop gates are passed once, limits are taken for each item. A repeated
 * block waits and takes as a whole, before its first pass.
 */
export function wayKeywords(plan: Plan, { node, step: { keywords } }: StepAt): Keywords {
  if (node.kind === 'consume') return repeatedKeywords(plan, node) ?? keywords;
  if (node.kind === 'items') return { ...keywords, limits: undefined, throttle: undefined };
  if (node.kind === 'item') return { ...keywords, wait: undefined, barrier: undefined };
  return isLimitedLoop(node, keywords) ? { ...keywords, limits: undefined } : keywords;
}

/** Whose keywords those are. */
export function wayOwner({ node, step }: StepAt): WayOwner {
  return node.kind === 'consume' ? { kind: 'block', index: node.block } : { kind: 'step', index: step.index };
}

function repeatedKeywords({ blocks }: Plan, { block }: ConsumeNode): Keywords | undefined {
  const keywords = blocks[block]?.keywords;
  return keywords?.repeat === undefined ? undefined : keywords;
}

/**
 * Runs one item of a loop with what is taken for each item, and gives it back at its end. Undefined for a step without
 * such a loop. What an item of unknown outcome holds is left to the end of the step.
 */
export function itemLimits(
  state: RunState,
  active: Active,
): (<T extends { readonly outcome: Outcome }>(work: () => Promise<T>) => Promise<T>) | undefined {
  const { at } = active;
  if (at === undefined || !isLimitedLoop(at.node, at.step.keywords)) return undefined;
  return async (work) => {
    const own: Keeper = { holds: [] };
    let isKnown = true;
    try {
      await takeForItem(state, active, at, own);
      const result = await work();
      isKnown = result.outcome !== 'unknown';
      return result;
    } finally {
      if (isKnown) await giveBackAll(state, active, own.holds);
    }
  };
}

async function giveBackAll(state: RunState, active: Active, holds: readonly Hold[]): Promise<void> {
  for (const hold of holds) {
    active.holds.splice(active.holds.indexOf(hold), 1);
    await giveBack(state, hold, active.id);
  }
}

async function takeForItem(state: RunState, active: Active, at: StepAt, own: Keeper): Promise<void> {
  const host = state.plan.hosts[at.host] ?? '';
  const { limits } = at.step.keywords;
  const way = {
    keywords: { limits },
    host,
    owner: { kind: 'step', index: at.step.index } as const,
    heldAround: heldAround(state, at),
    turn: at,
  };
  try {
    await takeLimits(state, active, way, own);
  } finally {
    active.holds.push(...own.holds);
  }
  for (const { lease } of own.holds)
    if (lease !== undefined && active.leases !== undefined) active.leases[lease.pool] = lease.member;
}

/** Whether a loop takes its limits for each item. */
export function isLimitedLoop(node: StepNode, { loop, limits = [] }: Keywords): boolean {
  return loop !== undefined && limits.length > 0 && !['items', 'item', 'consume'].includes(node.kind);
}
