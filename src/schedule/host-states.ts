import type { NodeId, Plan, PlanPlay } from '../model/plan.ts';

/** What became of the hosts, for the whole run and for each play. Hosts are indexes into `plan.hosts`. */
export interface HostStates {
  /** Hosts that take no further step in any play. */
  readonly down: Map<number, 'unreachable' | 'unknown'>;
  readonly plays: PlayState[];
}

/** What became of a play. */
export interface PlayState {
  readonly play: PlanPlay;
  readonly all: ReadonlySet<number>;
  /** Hosts that failed in it. */
  readonly failed: Set<number>;
  /** Hosts that failed in a play it is ordered behind, its own or not: the plays behind it leave them out too. */
  readonly excluded: Set<number>;
  /** Those of them whose errors were cleared since: the plays behind have them again. */
  readonly readmitted: Set<number>;
  /** Hosts that `meta` ended. */
  readonly stopped: Set<number>;
  /** Batches in which a failure was fatal, with the node that failed. */
  readonly fatal: Map<number, NodeId>;
  /** Batches that were not allowed to start; -1 stands for all. */
  readonly cancelled: Set<number>;
  /** Why nothing behind it may start. */
  broken?: string | undefined;
  /** Live hosts by batch, and under -1 of the whole play; emptied when a host's state changes. */
  readonly live: Map<number, { readonly indexes: readonly number[]; readonly names: readonly string[] }>;
  readonly allNames: readonly string[];
}

/** The states before a run. */
export function initialHostStates(plan: Plan): HostStates {
  return {
    down: new Map(),
    plays: plan.plays.map((play) => newPlayState(plan, play)),
  };
}

/** Gives a play the hosts that it was found to have. What happened before it was reached stays. */
export function replacePlay(plan: Plan, states: HostStates, play: PlanPlay): PlayState {
  const { broken } = states.plays[play.index] ?? {};
  const state = { ...newPlayState(plan, play), broken };
  states.plays[play.index] = state;
  return state;
}

function newPlayState(plan: Plan, play: PlanPlay): PlayState {
  const hosts = play.batches.flat();
  return {
    play,
    all: new Set(hosts),
    failed: new Set(),
    excluded: new Set(),
    readmitted: new Set(),
    stopped: new Set(),
    fatal: new Map(),
    cancelled: new Set(),
    live: new Map(),
    allNames: hosts.map((host) => plan.hosts[host] ?? ''),
  };
}

/** Whether a host is without failure, reachable, not left out and not ended by `meta`, in a play. */
export function isLive(states: HostStates, state: PlayState, host: number): boolean {
  if (states.down.has(host) || state.failed.has(host)) return false;
  return !state.excluded.has(host) && !state.stopped.has(host);
}

/** Live hosts of a batch, or of the whole play with batch -1, in order. */
export function liveHosts(
  plan: Plan,
  states: HostStates,
  state: PlayState,
  batch: number,
): { readonly indexes: readonly number[]; readonly names: readonly string[] } {
  const known = state.live.get(batch);
  if (known !== undefined) return known;
  const hosts = batch === -1 ? state.play.batches.flat() : (state.play.batches[batch] ?? []);
  const indexes = hosts.filter((host) => isLive(states, state, host));
  const found = { indexes, names: indexes.map((host) => plan.hosts[host] ?? '') };
  state.live.set(batch, found);
  return found;
}

/** Forgets what was computed from host states; to be called whenever one changes. */
export function hostStatesChanged(states: HostStates): void {
  for (const state of states.plays) state.live.clear();
}

/** Settles which hosts are left out of a play, and why it may not start, if so. */
export function beginPlay(states: HostStates, state: PlayState): string | undefined {
  for (const index of state.play.follows) {
    const before = states.plays[index];
    if (before === undefined) continue;
    for (const host of [...before.failed, ...before.excluded])
      if (!before.readmitted.has(host)) state.excluded.add(host);
    before.broken ??= breakOf(states, before, before.play.batches.length - 1);
    if (before.broken !== undefined) state.broken ??= before.broken;
  }
  hostStatesChanged(states);
  return state.broken;
}

/** Whether a batch may start: undefined, or why not. */
export function beginBatch(states: HostStates, state: PlayState, batch: number): string | undefined {
  if (batch > 0) state.broken ??= breakOf(states, state, batch - 1);
  return state.broken;
}

function breakOf(states: HostStates, state: PlayState, batch: number): string | undefined {
  const began = (state.play.batches[batch] ?? []).filter((host) => !state.excluded.has(host));
  if (began.length === 0) return undefined;
  const bad = began.filter((host) => state.failed.has(host) || states.down.has(host)).length;
  const where = `play "${state.play.name}"`;
  if (state.fatal.has(batch)) return `a failure in ${where} was fatal (any_errors_fatal)`;
  if (bad === began.length) return `every host of ${where} failed`;
  const limit = state.play.maxFailPercentage;
  const percentage = (bad / began.length) * 100;
  if (limit !== undefined && percentage > limit)
    return `${bad} of ${began.length} hosts of ${where} failed, more than max_fail_percentage ${limit} allows`;
  return undefined;
}
