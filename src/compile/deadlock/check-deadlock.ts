import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Keywords } from '../../model/playbook.ts';
import type { CompileOptions } from '../compile-input.ts';
import type { Draft } from '../draft.ts';
import { bringsSteps } from '../runtime-names.ts';
import { buildSystem } from './build-system.ts';
import { type CircleMember, circleOf } from './circle.ts';
import { contract } from './contract.ts';
import { describeCircle } from './describe.ts';
import { hostClasses } from './host-classes.ts';
import { textsOf } from './known-texts-of.ts';
import { declaredLimit, LimitIdentities } from './limit-identities.ts';
import { suspects } from './may-wait.ts';
import type { HoldWaitSystem } from './operations.ts';
import { findDeadlock } from './search.ts';

const mostCircles = 5;
/** Hosts of one class that are looked at where no semaphore asks for more. */
const fewestAlike = 3;
const mostAlike = 12;

/**
 * Refuses what deadlocks in some schedule in which every step runs and succeeds: a circle of holds and waits. A `when`
 * that is not decided counts as true. Nothing is proved about a wait with a timeout, or that goes on after it, about an
 * external event, one that a daemon sets or an include may set, nor where telling would take too long: there the run
 * itself ends a stall. What deadlocks only in a rescue is a warning.
 *
 * Hosts that go the same way are looked at by a few that stand for them.
 *
 * @param refusedBarriers Refusals of barriers by their place alone: they are not told again.
 */
export function checkDeadlock(
  draft: Draft,
  options: CompileOptions,
  refusedBarriers: readonly Diagnostic[] = [],
): Diagnostic[] {
  // An order that is a circle already is told elsewhere.
  if (!canDeadlock(draft) || draft.settled.order.length < draft.order.graph.size) return [];
  const texts = textsOf(draft, options);
  const identities = new LimitIdentities(draft.playbook.declarations, texts);
  const hosts = hostClasses(draft, identities, alikeThatMatter(draft));
  const mayBringSetters = draft.tables.steps.some(bringsSteps);
  const refused = new Set(refusedBarriers.flatMap(({ at }) => at ?? []));
  const kept = new Set(hosts.keys());
  const build = (failing: boolean): HoldWaitSystem =>
    buildSystem({ draft, identities, hosts: kept, failing, mayBringSetters, refused });
  const told = tellAll(draft, build(false), hosts, false);
  if (told.length > 0 || !draft.tables.blocks.some((block) => block.hasRescue)) return told;
  return tellAll(draft, build(true), hosts, true);
}

/** Whether anything waits while it holds: permits of a block or play, a meeting, a queue. Without, order tells all. */
function canDeadlock({ tables, playbook, meetings }: Draft): boolean {
  const holds = ({ keywords }: { readonly keywords: Keywords }): boolean =>
    (keywords.limits?.length ?? 0) > 0;
  if (playbook.dialect === 'native' && Object.keys(playbook.declarations.queues).length > 0) return true;
  return meetings.length > 0 || tables.blocks.some(holds) || playbook.plays.some(holds);
}

/** As many hosts as can hold all permits of a semaphore, and one that waits. */
function alikeThatMatter({ tables, playbook }: Draft): number {
  let most = fewestAlike;
  for (const { keywords } of [...tables.blocks, ...playbook.plays])
    for (const use of keywords.limits ?? []) {
      const capacity = declaredLimit(playbook.declarations, use)?.capacity ?? 1;
      most = Math.max(most, Math.floor(capacity / use.permits) + 1);
    }
  return Math.min(most, mostAlike);
}

/** Tells circles one by one; what was told is taken as ending by itself from then on. */
function tellAll(
  draft: Draft,
  whole: HoldWaitSystem,
  hosts: ReadonlyMap<number, string>,
  onlyAfterFailure: boolean,
): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  let system = whole;
  while (diagnostics.length < mostCircles) {
    const suspected = suspects(system);
    if (suspected.count === 0) break;
    const small = contract(system, suspected);
    const deadlock = findDeadlock(small, hosts);
    const circle = deadlock === undefined ? [] : circleOf(deadlock);
    if (circle.length === 0) break;
    diagnostics.push(describeCircle({ draft, system: small }, circle, onlyAfterFailure));
    system = withoutCircle(system, circle);
  }
  return diagnostics;
}

function withoutCircle(system: HoldWaitSystem, circle: readonly CircleMember[]): HoldWaitSystem {
  const told = new Set(circle.map(({ operation }) => operation.at));
  return {
    ...system,
    actors: system.actors.map((actor) => ({
      ...actor,
      operations: actor.operations.map((operation) =>
        told.has(operation.at) ? { ...operation, timed: true } : operation,
      ),
    })),
  };
}
