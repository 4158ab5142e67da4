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
  readonly order: readonly [scope: string, name: string, key: string];
}

/** A limit that is held. */
export interface Hold {
  readonly grant: Grant;
  readonly poisonable: boolean;
}

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
    const permits = use.kind === 'lock' ? 1 : take.request.permits + (before?.request.permits ?? 0);
    takes.set(take.request.limit, { ...take, request: { ...take.request, permits } });
  }
  if (step !== undefined && keywords.throttle !== undefined && keywords.throttle > 0)
    takes.set('throttle', throttleOf(step, keywords.throttle));
  return [...takes.values()].sort((a, b) => compareOrder(a.order, b.order));
}

function takeOf(plan: Plan, taker: LimitTaker, use: LimitUse): LimitTake {
  const { locks, semaphores } = plan.declarations;
  const declared = use.kind === 'lock' ? locks[use.name] : semaphores[use.name];
  const scope = declared?.scope ?? 'run';
  const capacity = use.kind === 'lock' ? 1 : (semaphores[use.name]?.permits ?? 1);
  const key = use.key === undefined ? '' : taker.renderKey(use.key);
  const keyed = key === '' ? '' : ` [${key}]`;
  const onHost = scope === 'host' ? ` of ${taker.host}` : '';
  return {
    request: { limit: `${use.kind} "${use.name}"${keyed}${onHost}`, capacity, permits: use.permits },
    timeout: use.timeout,
    poisonable: use.kind !== 'lock' || locks[use.name]?.onLost !== 'release',
    order: [scope, use.name, `${use.kind} ${key}`],
  };
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
