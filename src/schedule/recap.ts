import type { HostCounts, Outcome, RunOutcome } from '../model/outcome.ts';
import { noCounts } from '../model/outcome.ts';

type Counts = { -readonly [K in keyof HostCounts]: HostCounts[K] };

/** The running recap of all hosts. */
export interface Recap {
  readonly byHost: Counts[];
  /** Time waited, by host. */
  readonly waitedMs: number[];
  changed: boolean;
  /** Whether a play could not start. */
  failed: boolean;
  /** Hosts with a failed step that nothing has cleared since. */
  readonly failedOn: Set<number>;
  /** Hosts that were not reached, and not cleared since. */
  readonly unreachableOn: Set<number>;
  unknown: boolean;
  heldElsewhere: boolean;
  cancelled: boolean;
  readonly internalErrors: string[];
}

/** A recap in which nothing has happened. */
export function emptyRecap(hostCount: number): Recap {
  return {
    byHost: Array.from({ length: hostCount }, () => ({ ...noCounts })),
    waitedMs: Array.from({ length: hostCount }, () => 0),
    changed: false,
    failed: false,
    failedOn: new Set(),
    unreachableOn: new Set(),
    unknown: false,
    heldElsewhere: false,
    cancelled: false,
    internalErrors: [],
  };
}

/** Makes room for hosts that were added in the run. */
export function addHosts(recap: Recap, hostCount: number): void {
  for (let host = recap.byHost.length; host < hostCount; host++) {
    recap.byHost.push({ ...noCounts });
    recap.waitedMs.push(0);
  }
}

/** Counts a wait for a host; one of a play as a whole, with host -1, counts for none. */
export function countWait(recap: Recap, host: number, waitedMs: number): void {
  if (host in recap.waitedMs) recap.waitedMs[host] = (recap.waitedMs[host] ?? 0) + waitedMs;
}

/**
 * Counts the end of an instance on a host. Ignored and rescued failures count as such only; changed counts as ok. A
 * step that was `passedOver`, because a rescue took over, counts for nothing.
 */
export function countEnd(
  recap: Recap,
  host: number,
  outcome: Outcome,
  flags: { readonly ignored: boolean; readonly rescued: boolean; readonly passedOver?: boolean },
): void {
  const counts = recap.byHost[host];
  if (counts === undefined || flags.passedOver === true) return;
  if (outcome === 'changed') recap.changed = true;
  if (flags.ignored) counts.ignored += 1;
  else if (flags.rescued) counts.rescued += 1;
  else {
    counts[outcome] += 1;
    if (outcome === 'changed') counts.ok += 1;
    if (outcome === 'failed') recap.failedOn.add(host);
    if (outcome === 'unreachable') recap.unreachableOn.add(host);
    if (outcome === 'unknown' || outcome === 'cancelled') recap[outcome] = true;
  }
}

/** Forgets errors of hosts, and that steps were cancelled for them. The counts of each host stay. */
export function forgetErrors(recap: Recap, hosts: Iterable<number>): void {
  for (const host of hosts) {
    recap.failedOn.delete(host);
    recap.unreachableOn.delete(host);
  }
  recap.cancelled = false;
}

/** Whether a step or a play failed, and nothing has cleared that since. */
export function hasFailed(recap: Recap): boolean {
  return recap.failed || recap.failedOn.size > 0;
}

/** How the whole run ended: the worst of what happened. */
export function runOutcome(recap: Recap, interrupted: boolean): RunOutcome {
  if (recap.unknown) return 'unknown';
  if (hasFailed(recap) || recap.internalErrors.length > 0) return 'failed';
  if (recap.unreachableOn.size > 0) return 'unreachable';
  if (interrupted || recap.cancelled) return 'cancelled';
  return recap.changed ? 'changed' : 'ok';
}
