import { failure } from '../model/diagnostic.ts';
import { selectHosts } from '../model/host-pattern.ts';
import type { Inventory } from '../model/inventory.ts';
import type { JoinNode, NodeId, PlanNode } from '../model/plan.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { inOrder } from './host-order.ts';
import { splitBatches } from './serial-batches.ts';
import { stampLane } from './stamp-lane.ts';

/** What a late play became: its nodes, the last of which ends it. */
export interface OpenedPlay {
  readonly nodes: readonly PlanNode[];
  /** The end of the last batch; undefined where the play has no hosts. */
  readonly end: NodeId | undefined;
}

/**
 * Chooses the hosts of a late play and makes its nodes. The play in the plan gets its batches, and hosts that the plan
 * does not know are added to it.
 *
 * @throws RunbookError RB308 for a pattern that means nothing
 */
export function openPlay(
  plan: RunPlan,
  index: number,
  inventory: Inventory,
  options: {
    readonly firstId: NodeId;
    readonly readPatternFile?: ((path: string) => string | undefined) | undefined;
  },
): OpenedPlay {
  const play = plan.plays[index];
  const late = play?.late;
  if (play === undefined || late === undefined) return { nodes: [], end: undefined };
  const batches = splitBatches(hostsOf(plan, index, inventory, options), late.serial, play.at).batches;
  const known = new Map(plan.hosts.map((name, host) => [name, host]));
  const indexed = batches.map((batch) => batch.map((name) => hostIndex(plan, known, name)));
  plan.plays[index] = { ...play, batches: indexed };
  const served = new Set(late.served);
  const nodes: PlanNode[] = [];
  let end: NodeId | undefined;
  let nextId = options.firstId;
  for (const [batch, hosts] of indexed.entries()) {
    const base = { play: index, batch, priority: 1 };
    const start: JoinNode = {
      kind: 'join',
      id: nextId,
      ...base,
      after: end === undefined ? [] : [{ from: end, kind: 'end', why: 'batch' }],
      purpose: 'batch-start',
    };
    const site = { ...base, hosts, firstId: nextId + 1, start: start.id, facts: late.facts, served };
    const stamped = stampLane(late.slots, site);
    const sources = late.ends.flatMap((slot) =>
      hosts.flatMap((_, position) => stamped.at(slot, position) ?? []),
    );
    const ends = sources.length === 0 ? [start.id] : [...new Set(sources)];
    nodes.push(start, ...stamped.nodes, {
      kind: 'join',
      id: stamped.nextId,
      ...base,
      after: ends.map((from) => ({ from, kind: 'end', why: 'order' })),
      purpose: 'batch-end',
    });
    end = stamped.nextId;
    nextId = end + 1;
  }
  return { nodes, end };
}

function hostsOf(
  plan: RunPlan,
  index: number,
  inventory: Inventory,
  { readPatternFile }: { readonly readPatternFile?: ((path: string) => string | undefined) | undefined },
): readonly string[] {
  const late = plan.plays[index]?.late;
  if (late === undefined) return [];
  const { hosts, error } = selectHosts(inventory, late.pattern, readPatternFile);
  if (error !== undefined) throw failure('RB308', `hosts: ${error}`, { at: plan.plays[index]?.at });
  const limit =
    late.limit === undefined ? undefined : new Set(selectHosts(inventory, late.limit, readPatternFile).hosts);
  const limited = limit === undefined ? hosts : hosts.filter((host) => limit.has(host));
  return inOrder(limited, late.order, Math.random);
}

function hostIndex(plan: RunPlan, known: Map<string, number>, name: string): number {
  const before = known.get(name);
  if (before !== undefined) return before;
  const host = plan.hosts.length;
  plan.hosts.push(name);
  known.set(name, host);
  return host;
}
