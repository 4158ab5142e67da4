import type { Condition, Keywords } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import { outcomeOf, type Settled } from './settled.ts';
import type { StepScope } from './step-scope-port.ts';

/**
 * A module's result under `changed_when` and `failed_when`, in that order. Their conditions see the result under the
 * step's `register` name. A skipped result, and what did not come from a module, stays as it is.
 */
export function judge(settled: Settled, keywords: Keywords, scope: () => StepScope): Settled {
  const { changedWhen, failedWhen } = keywords;
  if (changedWhen === undefined && failedWhen === undefined) return settled;
  if (!isJudged(settled)) return settled;
  const result: Record<string, Value> = { ...settled.result };
  if (changedWhen !== undefined)
    result['changed'] = firstFalse(changedWhen, withResult(scope(), keywords, result)) === undefined;
  let { msg } = settled;
  if (failedWhen !== undefined) {
    const failedNow = firstFalse(failedWhen, withResult(scope(), keywords, result)) === undefined;
    result['failed'] = failedNow;
    result['failed_when_result'] = failedNow;
    // What the module complained of does not count; the result keeps it.
    if (!failedNow && settled.outcome === 'failed') msg = undefined;
    if (failedNow && (msg === undefined || msg === ''))
      msg = `failed_when holds: ${failedWhen.join(' and ')}`;
  }
  return { ...settled, outcome: outcomeOf(result), msg, result };
}

function isJudged(settled: Settled): boolean {
  return settled.outcome === 'ok' || settled.outcome === 'changed' || settled.outcome === 'failed';
}

/** The scope with a result under the step's `register` name. */
export function withResult(
  scope: StepScope,
  keywords: Keywords,
  result: Readonly<Record<string, Value>>,
): StepScope {
  return keywords.register === undefined ? scope : scope.with({ [keywords.register]: result });
}

/** The first of several conditions that does not hold; undefined when all hold. */
export function firstFalse(conditions: readonly Condition[], scope: StepScope): Condition | undefined {
  return conditions.find((condition) =>
    typeof condition === 'boolean' ? !condition : !scope.holds(condition),
  );
}
