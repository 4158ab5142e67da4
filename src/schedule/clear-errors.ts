import type { StepAt } from './active.ts';
import { forgiveBlocks } from './block-runs.ts';
import { hostStatesChanged, type PlayState } from './host-states.ts';
import { forgetErrors } from './recap.ts';
import type { RunState } from './run-state.ts';

/**
 * Clears what has failed on the hosts of a play, those included that an earlier play has left out: the blocks around
 * the step end as if nothing had failed in them, so that what follows them goes on; plays behind have the hosts again;
 * and the run does not count as failed for it. What was cancelled stays so. O(hosts x depth of blocks).
 */
export function clearErrors(state: RunState, at: StepAt, play: PlayState): void {
  play.failed.clear();
  for (const host of play.excluded) if (play.all.has(host)) play.readmitted.add(host);
  play.fatal.clear();
  for (const host of play.all)
    if (state.hosts.down.get(host) === 'unreachable') state.hosts.down.delete(host);
  forgiveBlocks(state.blocks, at.node, play.all);
  forgetErrors(state.recap, play.all);
  hostStatesChanged(state.hosts);
}
