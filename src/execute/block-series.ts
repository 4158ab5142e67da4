import type { BlockItem, BlockSeries } from '../model/block-series.ts';
import type { StepWork } from '../model/step-run.ts';
import type { Value } from '../model/value.ts';
import { settleError } from './failures.ts';
import { firstFalse } from './judge.ts';
import { countKeyword, durationKeyword, flagKeyword } from './keyword-values.ts';
import { loopVariables } from './loop-variables.ts';
import { hiddenText, published } from './publish.ts';
import { backoffFactor, defaultDelayMs, defaultRetries } from './retry.ts';
import { shortText } from './run-loop.ts';
import type { StepRuntime } from './runtime.ts';
import { withIgnored } from './single.ts';
import type { StepScope } from './step-scope-port.ts';

/**
 * What a block that runs more than once does on a host: the items of its loop, or how often and when it is tried again. A
 * `when` of attempts is read here, that of items by whoever begins them; where the items can't be made, a false condition
 * skips the block. Where a template fails, that is how the block ends; in check mode, one that reads what a left-out step
 * would have told leaves the block out too.
 */
export async function blockSeries(runtime: StepRuntime, work: Omit<StepWork, 'node'>): Promise<BlockSeries> {
  // Which node of the step it is about does not matter to a scope.
  const whole = work as StepWork;
  const { step } = work;
  await runtime.prepare(whole);
  const scope = runtime.scope(whole);
  try {
    return step.keywords.loop === undefined ? attempts(step, scope) : items(runtime, whole, scope);
  } catch (error) {
    const condition = step.keywords.loop === undefined ? undefined : falseIfKnown(step, scope);
    return condition === undefined ? unreadable(runtime, { step, scope }, error) : skipped(condition);
  }
}

function unreadable(
  runtime: StepRuntime,
  { step, scope }: { readonly step: StepWork['step']; readonly scope: StepScope },
  error: unknown,
): BlockSeries {
  const settled = settleError(error, new AbortController().signal, runtime.dialectOf(step));
  const outcome = published(withIgnored(settled, { step, scope: () => scope }), runtime.redactor);
  const isLeftOut = settled.dependsOn !== undefined;
  return { kind: 'unreadable', outcome: isLeftOut ? { ...outcome, leftOut: true } : outcome };
}

function skipped(condition: string | boolean): BlockSeries {
  return { kind: 'skipped', reason: `the condition does not hold: ${condition}` };
}

function falseIfKnown({ keywords }: StepWork['step'], scope: StepScope): string | boolean | undefined {
  try {
    return firstFalse(keywords.when ?? [], scope);
  } catch {
    return undefined;
  }
}

function attempts({ keywords }: StepWork['step'], scope: StepScope): BlockSeries {
  const condition = firstFalse(keywords.when ?? [], scope);
  if (condition !== undefined) return skipped(condition);
  return {
    kind: 'attempts',
    retries: Math.max(0, countKeyword(keywords.retries, 'retries', scope) ?? defaultRetries),
    delayMs: durationKeyword(keywords.delay, 'delay', scope) ?? defaultDelayMs,
    factor: backoffFactor(keywords, scope),
  };
}

function items(runtime: StepRuntime, work: StepWork, scope: StepScope): BlockSeries {
  const { loop, loopControl } = work.step.keywords;
  const values = loop === undefined ? [] : runtime.loopItems(loop, scope);
  if (values.length === 0) return { kind: 'skipped', reason: 'the loop has no items' };
  const noLog = flagKeyword(work.step.keywords.noLog, 'no_log', scope, false);
  const made = values.map((item, index): BlockItem => {
    const variables = loopVariables(loopControl, values, index);
    const label = noLog
      ? hiddenText
      : shortened(runtime.redactor.text(labelOf(work, item, scope.with(variables))));
    return { variables, label };
  });
  return { kind: 'items', items: made, pauseMs: durationKeyword(loopControl?.pause, 'pause', scope) ?? 0 };
}

const longestLabel = 60;

function shortened(text: string): string {
  return text.length > longestLabel ? `${text.slice(0, longestLabel - 3)}...` : text;
}

function labelOf({ step }: StepWork, item: Value, scope: StepScope): string {
  const label = step.keywords.loopControl?.label;
  if (label === undefined) return shortText(item);
  try {
    return shortText(scope.value(label));
  } catch {
    return shortText(item);
  }
}
