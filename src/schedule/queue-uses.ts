import type { ConsumeNode, NodeId, Plan, PlanNode, PlanStep } from '../model/plan.ts';
import { isInclude } from './include-runs.ts';

/** Who may still fill a queue, and who still empties it. */
export interface QueueUse {
  /** Nodes that may put something in and have not ended. */
  readonly producers: Set<NodeId>;
  /** Consumers that have not ended. */
  readonly consumers: Set<NodeId>;
  /** How consumers that are gone ended, in words. */
  readonly gone: string[];
  /** Plays on hosts that have ended their part in filling it. */
  readonly closedBy: Set<string>;
}

/** The uses of every declared queue. */
export interface QueueUses {
  readonly byName: ReadonlyMap<string, QueueUse>;
  /** The queues that a node fills or empties. */
  readonly ofNode: ReadonlyMap<NodeId, readonly string[]>;
}

/**
 * Finds who fills and who empties each queue. A consumer fills what the steps in its block fill, and the queue of its
 * dead letters. O(nodes) where there is a queue.
 */
export function findQueueUses(plan: Plan): QueueUses {
  const byName = new Map<string, QueueUse>();
  const ofNode = new Map<NodeId, string[]>();
  for (const name of Object.keys(plan.declarations.queues))
    byName.set(name, { producers: new Set(), consumers: new Set(), gone: [], closedBy: new Set() });
  if (byName.size === 0) return { byName, ofNode };
  const sides = sidesOf(plan);
  for (const node of plan.nodes)
    for (const [queue, side] of sides(node)) {
      byName.get(queue)?.[side].add(node.id);
      ofNode.set(node.id, [...(ofNode.get(node.id) ?? []), queue]);
    }
  return { byName, ofNode };
}

type Side = readonly [queue: string, side: 'producers' | 'consumers'];

function sidesOf(plan: Plan): (node: PlanNode) => readonly Side[] {
  const filledInside = findFilledInside(plan);
  const all = Object.keys(plan.declarations.queues);
  return (node) => {
    // What they bring may fill and empty any queue, and has ended when they have.
    if (isInclude(plan, node) || (node.kind === 'join' && node.purpose === 'late'))
      return all.flatMap((name): Side[] => [
        [name, 'producers'],
        [name, 'consumers'],
      ]);
    if (node.kind === 'consume') {
      const queue = plan.blocks[node.block]?.keywords.consume?.queue ?? '';
      const filled = new Set(filledInside.get(node.block));
      const deadLetter = plan.declarations.queues[queue]?.deadLetter;
      if (deadLetter !== undefined) filled.add(deadLetter);
      return [[queue, 'consumers'], ...[...filled].map((name): Side => [name, 'producers'])];
    }
    const filled = 'step' in node ? filledWith(plan, plan.steps[node.step]) : none;
    return filled.map((queue): Side => [queue, 'producers']);
  };
}

const none: readonly string[] = [];

/** The queues that a step fills: by itself, or a parallel loop by the steps that follow its items. */
function filledWith({ steps }: Plan, step: PlanStep | undefined): readonly string[] {
  const { success = [], failure = [] } = step?.callbacks ?? {};
  const all = [step, ...[...success, ...failure].map((index) => steps[index])];
  const queues = all.flatMap((one) => filledBy(one) ?? none);
  return queues.length < 2 ? queues : [...new Set(queues)];
}

/** The queue that a step puts items into. */
export function filledBy(step: PlanStep | undefined): string | undefined {
  if (step?.action.type !== 'module' || step.action.module !== 'queue') return undefined;
  const { to } = step.action.params;
  return typeof to === 'string' ? to : undefined;
}

/** A node's play on its host: what closes its part in filling a queue as one. */
export function partOf(node: PlanNode, host: number): string {
  return `${node.play} ${host}`;
}

function findFilledInside(plan: Plan): ReadonlyMap<ConsumeNode['block'], ReadonlySet<string>> {
  const found = new Map<number, Set<string>>();
  for (const step of plan.steps) {
    const queue = filledBy(step);
    if (queue === undefined) continue;
    for (let block = step.block; block !== undefined; block = plan.blocks[block]?.parent)
      found.set(block, (found.get(block) ?? new Set()).add(queue));
  }
  return found;
}
