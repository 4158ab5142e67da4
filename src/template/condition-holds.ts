import { Float, Secret, type Value } from '../model/value.ts';
import { inlineExpressions, textHolds } from './condition.ts';
import type { EngineCore } from './core.ts';
import type { Datum, Run } from './datum.ts';
import type { ConditionOptions } from './engine-types.ts';
import { isTruthy } from './python/types.ts';
import type { Scope } from './scope-types.ts';
import { hasTemplateTags } from './syntax/options.ts';

const bareName = /^\s*[A-Za-z_]\w*\s*$/;

/**
 * Whether a condition holds: an expression, a boolean, or a list of which all must hold. Parts written as `{{ … }}`
 * are part of the expression; their values are never read as expressions. A bare name that holds a text is true by what
 * the text says, or, with `anyTextHolds`, unless the text is empty.
 *
 * @throws TemplateError when it cannot be evaluated.
 */
export function conditionHolds(
  core: EngineCore,
  condition: Value,
  scope: Scope,
  options: ConditionOptions = {},
): boolean {
  if (typeof condition === 'boolean') return condition;
  if (condition === null || condition === '') return true;
  if (typeof condition === 'number' || typeof condition === 'bigint') return Number(condition) !== 0;
  if (condition instanceof Float) return condition.value !== 0;
  if (condition instanceof Secret) return textHolds(condition.reveal());
  if (Array.isArray(condition))
    return condition.every((part: Value) => conditionHolds(core, part, scope, options));
  if (typeof condition !== 'string') return true;
  return textConditionHolds(core, condition, scope, options);
}

function textConditionHolds(
  core: EngineCore,
  text: string,
  scope: Scope,
  options: ConditionOptions,
): boolean {
  if (!hasTemplateTags(text)) {
    const saysWord = options.anyTextHolds !== true && bareName.test(text);
    return expressionHolds(core, text, scope, options, saysWord);
  }
  const template = core.template(text.trim(), options);
  if (template.single !== undefined) return core.nativeWith(text.trim(), scope, options, wordOrTruth);
  const expression = inlineExpressions(template.unit);
  if (expression !== undefined) return expressionHolds(core, expression, scope, options, false);
  const made = core.render(text, scope, options);
  return textHolds(typeof made === 'string' ? made : made.reveal());
}

function expressionHolds(
  core: EngineCore,
  text: string,
  scope: Scope,
  options: ConditionOptions,
  saysWord: boolean,
): boolean {
  return core.evaluateWith(text, scope, options, (run, datum) =>
    saysWord ? wordOrTruth(run, datum) : isTruthy(datum),
  );
}

/** Texts by what they say, other values by Python's truth. */
function wordOrTruth(_run: Run, datum: Datum): boolean {
  const plain = datum instanceof Secret ? datum.reveal() : datum;
  return typeof plain === 'string' ? textHolds(plain) : isTruthy(plain);
}
