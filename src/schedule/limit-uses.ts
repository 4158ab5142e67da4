import type { Claim } from '../coordinate/claims.ts';
import type { Grant, LimitRequest } from '../coordinate/coordinator.ts';
import { parseDurationMs } from '../lib/duration.ts';
import { formatPlace } from '../model/place.ts';
import type { Plan, PlanStep } from '../model/plan.ts';
import type { Keywords, LimitUse, Scope } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';

/** How long a lost host is tried again where it holds something, unless the declaration says otherwise. */
const defaultLostAfterMs = 60_000;

/** A limit to take: how, and with what deadline. */
export interface LimitTake {
  readonly request: LimitRequest;
  readonly timeout: Value | undefined;
  readonly kind: LimitUse['kind'] | 'throttle' | 'packages';
  /** As declared. */
  readonly name: string;
  /** Whether other runs may hold it too. */
  readonly isGlobal: boolean;
  /** Whether the limit stays taken when its holder's end is unknown. */
  readonly poisonable: boolean;
  /** How long a lost host is tried again while this is held. */
  readonly lostAfterMs: number;
  /** The pool whose member is leased with it. */
  readonly pool?: string | undefined;
  readonly order: readonly [scope: string, name: string, key: string];
}

/** A limit that is held. */
export interface Hold {
  readonly grant: Grant;
  readonly take: LimitTake;
  /** What of it is still held; less than was taken after a `release`. */
  permits: number;
  /** The part of it that other runs see. */
  claim?: Claim | undefined;
  /** What is leased with it from a pool. */
  readonly lease?: Lease | undefined;
}

/** Who keeps what was taken: a step under way, a block on a host, a play. */
export interface Keeper {
  holds: Hold[];
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
  /** Renders a key, or a timeout that is a template. */
  renderText(text: string): string;
}

/**
 * The limits to take, in the one order in which everybody takes them: by scope, name and key. Two uses of one lock
 * are one; two uses of one semaphore add up. What `heldAround` names is held already by a block or play around it.
 * Kept in `known` where it is the same for every host.
 */
export function limitTakes(
  plan: Plan,
  taker: LimitTaker,
  heldAround: ReadonlySet<string>,
  known: WeakMap<Keywords, readonly LimitTake[]>,
): readonly LimitTake[] {
  const { limits, throttle } = taker.keywords;
  if (limits === undefined && (throttle === undefined || taker.step === undefined)) return noTakes;
  let takes = known.get(taker.keywords);
  if (takes === undefined) {
    takes = allTakes(plan, taker);
    if (isSameForAll(plan, limits)) known.set(taker.keywords, takes);
  }
  if (heldAround.size === 0) return takes;
  return takes.filter(({ kind, request }) => kind === 'throttle' || !heldAround.has(request.limit));
}

const noTakes: readonly LimitTake[] = [];

/** Whether every host takes the same: no key, no scope and no timeout depends on it. */
function isSameForAll({ declarations }: Plan, limits: readonly LimitUse[] = []): boolean {
  const { locks, semaphores } = declarations;
  return limits.every(({ kind, name, key, timeout }) => {
    const declared = { lock: locks[name], semaphore: semaphores[name], pool: undefined }[kind];
    return key === undefined && typeof timeout !== 'string' && declared?.scope !== 'host';
  });
}

function allTakes(plan: Plan, taker: LimitTaker): readonly LimitTake[] {
  const { keywords, step } = taker;
  const takes = new Map<string, LimitTake>();
  for (const use of keywords.limits ?? []) {
    const take = takeOf(plan, taker, use);
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
  const declared: LimitDeclaration | undefined = {
    lock: locks[use.name],
    semaphore: semaphores[use.name],
    pool: undefined,
  }[use.kind];
  const scope = declared?.scope ?? 'run';
  const capacities = {
    lock: 1,
    semaphore: semaphores[use.name]?.permits ?? 1,
    pool: pools[use.name]?.members.length ?? 1,
  };
  const capacity = capacities[use.kind];
  const key = use.key === undefined ? '' : taker.renderText(use.key);
  const keyed = key === '' ? '' : ` [${key}]`;
  const onHost = scope === 'host' ? ` of ${taker.host}` : '';
  return {
    request: { limit: `${use.kind} "${use.name}"${keyed}${onHost}`, capacity, permits: use.permits },
    timeout: typeof use.timeout === 'string' ? taker.renderText(use.timeout) : use.timeout,
    kind: use.kind,
    name: use.name,
    isGlobal: scope === 'global',
    poisonable: declared?.onLost !== 'release',
    lostAfterMs: parseDurationMs(declared?.lostAfter) ?? defaultLostAfterMs,
    ...(use.kind === 'pool' && { pool: use.name }),
    order: [scope, use.name, `${use.kind} ${key}`],
  };
}

/** What is declared of a lock or semaphore, as far as both have it. */
interface LimitDeclaration {
  readonly scope: Scope;
  readonly onLost?: 'poison' | 'release' | undefined;
  readonly lostAfter?: Value | undefined;
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
    kind: 'throttle',
    name,
    isGlobal: false,
    poisonable: false,
    lostAfterMs: 0,
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
