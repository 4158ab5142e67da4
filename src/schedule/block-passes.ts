import type { BlockSeries } from '../model/block-series.ts';
import { RunbookError } from '../model/diagnostic.ts';
import type { StepOutcome } from '../model/step-run.ts';
import type { Active, StepAt } from './active.ts';
import { arrive } from './includes.ts';
import { attemptsOf, type FirstPass, itemsOf, type Passes } from './pass-series.ts';
import type { RunState } from './run-state.ts';
import { workOf } from './step-start.ts';

/**
 * Runs a block once for each item of its loop, or again until it does well. Each pass is added to the run when it is known
 * to come, as what a step includes is; waiting between passes takes no fork.
 */
export async function runBlockPasses(
  state: RunState,
  active: Active,
  at: StepAt,
): Promise<StepOutcome | undefined> {
  const { action } = at.step;
  const { seriesOf } = state.options;
  if (action.type !== 'passes' || seriesOf === undefined)
    throw new Error('a block with passes was met, and nothing to run it with');
  // What it does is told by the steps of its passes: it runs nothing itself.
  active.phase = 'waiting';
  const work = workOf(state, at);
  const passes: Passes = { state, active, at, action, work };
  try {
    const first = await begin(passes, await seriesOf(work));
    if ('outcome' in first) return first;
    const { pass, series, msg } = first;
    return arrive(state, { active, at, outcome: { outcome: 'ok', msg, notify: [] }, loaded: [pass], series });
  } catch (error) {
    if (!(error instanceof RunbookError)) throw error;
    return { outcome: 'failed', msg: error.message, notify: [] };
  }
}

async function begin(passes: Passes, made: BlockSeries): Promise<FirstPass | StepOutcome> {
  switch (made.kind) {
    case 'items':
      return (await itemsOf(passes, made)) ?? skipped('the condition holds for no item');
    case 'attempts':
      return attemptsOf(passes, made);
    case 'skipped':
      return skipped(made.reason);
    case 'unreadable':
      return made.outcome;
  }
}

function skipped(msg: string): StepOutcome {
  return { outcome: 'skipped', msg, result: { skipped: true, skip_reason: msg }, notify: [] };
}
