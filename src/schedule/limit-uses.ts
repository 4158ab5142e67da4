import type { Grant, LimitRequest } from '../coordinate/coordinator.ts';
import { formatPlace } from '../model/place.ts';
import type { Plan, PlanStep } from '../model/plan.ts';
import type { Keywords, LimitUse } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';

/** A limit to take: how, and with what deadline. */
export interface LimitTake {
  readonly request: LimitRequest;
  readonly timeout: Value | undefined;
  /** Whether the limit stays taken when its holder's end is unknown. */
  readonly poisonable: boolean;
  /** The pool whose member is leased with it. */
  readonly pool?: string | undefined;
  readonly order: readonly [scope: string, name: string, key: string];
}

/** A limit that is held. */
export interface Hold {
  readonly grant: Grant;
  readonly poisonable: boolean;
  /** What is leased with it from a pool. */
  readonly lease?: Lease | undefined;
}

/** A member of a pool that one holder has. */
export interface Lease {
  readonly pool: string;
  readonly member: Value;
}

/** Members that nobody has, by limit; the first is leased next. Filled when a pool is first leased from. */
export type FreeMembers = Map<string, Value[]>;

/** Who takes limits, for keys and host scopes. */
export interface LimitTaker {
  readonly keywords: Keywords;
  /** Undefined for a block or a play. */
  readonly step: PlanStep | undefined;
  readonly host: string;
  renderKey(key: string): string;
}

/**
 * The limits to take, in the one order in which everybody takes them: by scope, name and key. Two uses of one lock
 * are one; two uses of one semaphore add up. What `heldAround` names is held already by a block or play around it.
 */
export function limitTakes(
  plan: Plan,
  taker: LimitTaker,
  heldAround: ReadonlySet<string>,
): readonly LimitTake[] {
  const { keywords, step } = taker;
  if (keywords.limits === undefined && (keywords.throttle === undefined || step === undefined)) return [];
  const takes = new Map<string, LimitTake>();
  for (const use of keywords.limits ?? []) {
    const take = takeOf(plan, taker, use);
    if (heldAround.has(take.request.limit)) continue;
    const before = takes.get(take.request.limit);
    const permits = use.kind !== 'semaphore' ? 1 : take.request.permits + (before?.request.permits ?? 0);
    takes.set(take.request.limit, { ...take, request: { ...take.request, permits } });
  }
  if (step !== undefined && keywords.throttle !== undefined && keywords.throttle > 0)
    takes.set('throttle', throttleOf(step, keywords.throttle));
  return [...takes.values()].sort((a, b) => compareOrder(a.order, b.order));
}

function takeOf(plan: Plan, taker: LimitTaker, use: LimitUse): LimitTake {
  const { locks, semaphores, pools } = plan.declarations;
  const declared = { lock: locks[use.name], semaphore: semaphores[use.name], pool: undefined }[use.kind];
  const scope = declared?.scope ?? 'run';
  const capacities = {
    lock: 1,
    semaphore: semaphores[use.name]?.permits ?? 1,
    pool: pools[use.name]?.members.length ?? 1,
  };
  const capacity = capacities[use.kind];
  const key = use.key === undefined ? '' : taker.renderKey(use.key);
  const keyed = key === '' ? '' : ` [${key}]`;
  const onHost = scope === 'host' ? ` of ${taker.host}` : '';
  return {
    request: { limit: `${use.kind} "${use.name}"${keyed}${onHost}`, capacity, permits: use.permits },
    timeout: use.timeout,
    poisonable: use.kind !== 'lock' || locks[use.name]?.onLost !== 'release',
    ...(use.kind === 'pool' && { pool: use.name }),
    order: [scope, use.name, `${use.kind} ${key}`],
  };
}

/** Leases the member that has been free for longest; to be called once for each grant. */
export function leaseMember(plan: Plan, free: FreeMembers, limit: string, pool: string): Lease {
  const members = free.get(limit) ?? [...(plan.declarations.pools[pool]?.members ?? [])];
  free.set(limit, members);
  const member = members.shift();
  if (member === undefined)
    throw new RangeError(`more members of pool "${pool}" were granted than there are`);
  return { pool, member };
}

/** Gives a leased member back; to be called before its permit is released, so that whoever gets that finds it. */
export function returnMember(free: FreeMembers, { grant, lease }: Hold): void {
  if (lease !== undefined) free.get(grant.limit)?.push(lease.member);
}

function throttleOf(step: PlanStep, permits: number): LimitTake {
  const name = `throttle #${step.index} (${formatPlace(step.at)})`;
  return {
    request: { limit: name, capacity: permits, permits: 1 },
    timeout: undefined,
    poisonable: false,
    order: ['throttle', name, ''],
  };
}

function compareOrder(a: LimitTake['order'], b: LimitTake['order']): number {
  for (const [index, text] of a.entries()) {
    const other = b[index] ?? '';
    if (text !== other) return text < other ? -1 : 1;
  }
  return 0;
}
