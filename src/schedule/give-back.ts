import type { NodeId } from '../model/plan.ts';
import type { LimitRelease } from '../model/playbook.ts';
import type { StepOutcome } from '../model/step-run.ts';
import type { StepAt } from './active.ts';
import { surroundings } from './block-runs.ts';
import { type Hold, returnMember } from './limit-uses.ts';
import type { RunState } from './run-state.ts';
import { noteAct } from './waits.ts';

/** A part of what a block holds, given back before the block ends. */
export interface EarlyRelease {
  readonly hold: Hold;
  readonly permits: number;
}

/**
 * What a step that ended well gives back of what the blocks around it hold (`release`); from then on they do not hold it.
 * More than is held makes the step a failed one, and nothing is given back.
 */
export function earlyReleases(
  state: RunState,
  at: StepAt,
  outcome: StepOutcome,
): { readonly early: readonly EarlyRelease[] } | { readonly failure: string } {
  const { release = noReleases } = at.step.keywords;
  if (release.length === 0 || !isWell(outcome)) return nothingEarly;
  const around = surroundings(state.blocks, at.node, at.host).flatMap(({ run: { holds, lent } }) =>
    lent === undefined ? [holds] : [holds, lent],
  );
  const early: EarlyRelease[] = [];
  const taken = new Map<Hold, number>();
  for (const one of release) {
    const hold = around.flat().find(({ take }) => take.kind !== 'pool' && take.name === one.name);
    const left = (hold?.permits ?? 0) - ((hold && taken.get(hold)) ?? 0);
    if (hold === undefined || left < one.permits) return { failure: tooMany(one, hold, left) };
    taken.set(hold, (taken.get(hold) ?? 0) + one.permits);
    early.push({ hold, permits: one.permits });
  }
  for (const { hold, permits } of early) hold.permits -= permits;
  for (const holds of around)
    for (const hold of [...holds]) if (hold.permits === 0) holds.splice(holds.indexOf(hold), 1);
  return { early };
}

const noReleases: readonly LimitRelease[] = [];
const nothingEarly: { readonly early: readonly EarlyRelease[] } = { early: [] };

function isWell({ outcome }: StepOutcome): boolean {
  return outcome === 'ok' || outcome === 'changed';
}

function tooMany({ name, permits }: LimitRelease, hold: Hold | undefined, left: number): string {
  const what = hold?.grant.limit ?? `"${name}"`;
  const asked = permits === 1 ? 'was given back' : `was given back by ${permits} permits`;
  return left === 0
    ? `${what} ${asked}, and no block around holds it any more (RB324)`
    : `${what} ${asked}, and the block around holds ${left} (RB324)`;
}

/** Gives back a hold as a whole; undefined where that is done at once. */
export function giveBack(state: RunState, hold: Hold, by: NodeId): Promise<void> | undefined {
  const { claim, grant } = hold;
  returnMember(state.freeMembers, hold);
  const release = () => {
    noteAct(state, 'limit', grant.limit, by);
    return state.options.coordinator.release(grant);
  };
  return claim === undefined ? release() : claim.release().then(release);
}

/** Gives back a part of a hold. */
export async function givePart(state: RunState, { hold, permits }: EarlyRelease, by: NodeId): Promise<void> {
  await hold.claim?.release(permits);
  noteAct(state, 'limit', hold.grant.limit, by);
  await state.options.coordinator.release(hold.grant, permits);
}

/** Keeps a hold for ever, as nobody knows whether what it was taken for has ended. */
export async function poison(state: RunState, { grant, claim }: Hold, why: string): Promise<void> {
  await claim?.abandon(why);
  await state.options.coordinator.poison(grant, why);
}
