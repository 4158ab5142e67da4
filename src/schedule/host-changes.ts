import type { StepOutcome } from '../model/step-run.ts';
import { type Active, type StepAt, stopOf } from './active.ts';
import { refusalOf } from './admission.ts';
import { clearErrors } from './clear-errors.ts';
import { hostStatesChanged, type PlayState } from './host-states.ts';
import { leaveMeetings } from './node-end.ts';
import type { RunState } from './run-state.ts';

/** Marks hosts as failed in a play: they are left out of the plays behind it, and barriers no longer wait for them. */
export function markFailed(
  state: RunState,
  at: { readonly node: { readonly play: number } },
  hosts: readonly number[],
): void {
  const play = state.hosts.plays[at.node.play];
  if (play === undefined) return;
  for (const host of hosts) {
    play.failed.add(host);
    leaveMeetings(state, at.node.play, host);
  }
  hostStatesChanged(state.hosts);
}

/** Makes a failure fatal for its batch: what has not started there is cancelled, but for what blocks are owed. */
export function markFatal(state: RunState, at: StepAt): void {
  const play = state.hosts.plays[at.node.play];
  if (play === undefined || play.fatal.has(at.node.batch)) return;
  play.fatal.set(at.node.batch, at.node.id);
  cancelRefused(state);
}

/** Marks a host as unreachable or unknown: it takes no further step. */
export function markDown(state: RunState, host: number, how: 'unreachable' | 'unknown'): void {
  state.hosts.down.set(host, how);
  hostStatesChanged(state.hosts);
  leaveMeetings(state, undefined, host);
  cancelRefused(state);
}

/** Does what a `meta` step asks. */
export function followMeta(state: RunState, at: StepAt, meta: StepOutcome['meta']): void {
  const play = state.hosts.plays[at.node.play];
  if (play === undefined) return;
  switch (meta) {
    case 'end_host':
      stop(state, play, at.node.kind === 'once' ? at.node.hosts : [at.host]);
      return;
    case 'end_batch':
      stop(state, play, play.play.batches[at.node.batch] ?? []);
      return;
    case 'end_play':
      stop(state, play, [...play.all]);
      return;
    case 'clear_host_errors':
      clearErrors(state, at, play);
      return;
    default:
      return;
  }
}

function stop(state: RunState, play: PlayState, hosts: readonly number[]): void {
  for (const host of hosts) {
    play.stopped.add(host);
    leaveMeetings(state, play.play.index, host);
  }
  hostStatesChanged(state.hosts);
  cancelRefused(state);
}

/** Ends the waits of steps that may not start any more. O(steps that wait or run). */
function cancelRefused(state: RunState): void {
  for (const active of [...state.active.values()])
    if (active.phase === 'waiting' && active.at !== undefined && isRefused(state, active, active.at))
      stopOf(active).abort();
}

function isRefused(state: RunState, active: Active, at: StepAt): boolean {
  return refusalOf(state, at.node, at.host) !== undefined && active.phase === 'waiting';
}
