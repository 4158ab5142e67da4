import { failure } from '../model/diagnostic.ts';
import type { Condition } from '../model/playbook.ts';
import type { StepWork } from '../model/step-run.ts';
import type { Value } from '../model/value.ts';
import { settleError } from './failures.ts';
import { firstFalse } from './judge.ts';
import type { StepRuntime } from './runtime.ts';
import { UnknownResultError } from './unknown-result.ts';

/**
 * The items of a parallel loop, rendered for a host. What a step would loop over may exist only where its condition
 * holds: where the items can't be made, a false condition skips the step.
 *
 * @throws RunbookError RB611 where a template fails.
 */
export async function itemsToExpand(
  runtime: StepRuntime,
  work: StepWork,
): Promise<readonly Value[] | { readonly skip: string }> {
  const { loop, when = [] } = work.step.keywords;
  if (loop === undefined) return [];
  await runtime.prepare(work);
  const scope = runtime.scope(work);
  try {
    return runtime.loopItems(loop, scope);
  } catch (error) {
    const condition = falseOf(() => firstFalse(when, scope));
    if (condition !== undefined) return { skip: `condition is false: ${condition}` };
    const { msg = 'the items cannot be made', hint } = settleError(error, new AbortController().signal);
    throw failure('RB611', msg, { at: loop.at, hint });
  }
}

/**
 * Whether all conditions hold on a host. In check mode, one that reads what a left-out step would have told does not.
 *
 * @throws RunbookError RB611 where one cannot be read.
 */
export async function conditionsHold(
  runtime: StepRuntime,
  work: Omit<StepWork, 'node'>,
  conditions: readonly Condition[],
): Promise<boolean> {
  // Which node of the step it is about does not matter to a scope.
  const whole = work as StepWork;
  await runtime.prepare(whole);
  try {
    return firstFalse(conditions, runtime.scope(whole)) === undefined;
  } catch (error) {
    if (error instanceof UnknownResultError) return false;
    const { msg = 'a condition cannot be read' } = settleError(error, new AbortController().signal);
    throw failure('RB611', msg, { at: work.step.at });
  }
}

function falseOf(find: () => string | boolean | undefined): string | boolean | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}
