import type { Condition, Keywords } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import { TemplateError } from '../template/errors.ts';
import { outcomeOf, type Settled } from './settled.ts';
import type { StepScope } from './step-scope-port.ts';

/**
 * A module's result under `changed_when` and `failed_when`, in that order. Their conditions see the result under the
 * step's `register` name. A skipped result, and what did not come from a module, stays as it is; so does what a keyword
 * without conditions is about. A condition that cannot be evaluated is a failure, told in `changed_when_result` or
 * `failed_when_result`.
 */
export function judge(settled: Settled, keywords: Keywords, scope: () => StepScope): Settled {
  const { changedWhen = [], failedWhen = [] } = keywords;
  if (changedWhen.length + failedWhen.length === 0 || !isJudged(settled)) return settled;
  const result: Record<string, Value> = { ...settled.result };
  if (changedWhen.length > 0) {
    const found = allHold(changedWhen, 'changed_when', withResult(scope(), keywords, result));
    if (typeof found === 'string') {
      const told = { failed: true, msg: found, changed_when_result: found };
      return { ...settled, outcome: 'failed', msg: found, result: { ...result, ...told } };
    }
    result['changed'] = found;
  }
  let { msg } = settled;
  if (failedWhen.length > 0) {
    const found = allHold(failedWhen, 'failed_when', withResult(scope(), keywords, result));
    const failedNow = found !== false;
    result['failed'] = failedNow;
    result['failed_when_result'] = found;
    if (typeof found === 'string') msg = found;
    // What the module complained of does not count; the result keeps it.
    if (!failedNow && settled.outcome === 'failed') msg = undefined;
    if (failedNow && (msg === undefined || msg === ''))
      msg = `failed_when holds: ${failedWhen.join(' and ')}`;
  }
  return { ...settled, outcome: outcomeOf(result), msg, result };
}

/** Whether the conditions of a keyword hold; a text says which one cannot be evaluated, and why. */
function allHold(conditions: readonly Condition[], keyword: string, scope: StepScope): boolean | string {
  for (const condition of conditions) {
    try {
      if (firstFalse([condition], scope) !== undefined) return false;
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      return `the condition "${condition}" of ${keyword} cannot be evaluated: ${error.message}`;
    }
  }
  return true;
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
