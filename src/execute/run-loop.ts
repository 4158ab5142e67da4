import type { LoopControl } from '../model/playbook.ts';
import { Secret, type Value } from '../model/value.ts';
import { delegateOf } from './delegate-name.ts';
import { settleError } from './failures.ts';
import { firstFalse, withResult } from './judge.ts';
import { durationKeyword } from './keyword-values.ts';
import { loopVariables } from './loop-variables.ts';
import { hiddenText, published } from './publish.ts';
import type { Single } from './runtime.ts';
import { noNotify, type ResultRecord, type Settled, skipped } from './settled.ts';
import { falseCondition, runSingle, skippedBy, withIgnored } from './single.ts';

/**
 * Carries out a step for each item of its loop, one after another. A failed item does not stop the others; a lost host
 * does. The result has each item's own under `results`.
 */
export async function runLoop(whole: Single): Promise<Settled> {
  try {
    return await runItems(whole);
  } catch (error) {
    return withIgnored(settleError(error, whole.control.signal, whole.runtime.dialectOf(whole.step)), whole);
  }
}

async function runItems(whole: Single): Promise<Settled> {
  const items = itemsOf(whole);
  if (!Array.isArray(items)) return items as Settled;
  if (items.length === 0)
    return skipped('the loop has no items', { results: [], skipped_reason: 'No items in the list' });
  const { loopControl } = whole.step.keywords;
  const ended: Settled[] = [];
  for (let index = 0; index < items.length; index++) {
    if (index > 0) await pause(whole, loopControl);
    if (index > 0) await whole.control.meetAgain?.();
    const variables = loopVariables(loopControl, items, index);
    const single = itemOf(whole, variables);
    const startedAtMs = whole.runtime.nowMs();
    const settled = withItem(await limited(whole, () => runSingle(single)), variables, loopControl);
    ended.push(settled);
    report(single, settled, items[index] ?? null, whole.runtime.nowMs() - startedAtMs);
    if (isEnd(settled) || breaks(single, settled)) break;
  }
  return together(ended);
}

/** One item with what is taken for it; where that cannot be had, the item fails. */
async function limited(whole: Single, run: () => Promise<Settled>): Promise<Settled> {
  const { forItem, signal } = whole.control;
  if (forItem === undefined) return run();
  try {
    return await forItem(run);
  } catch (error) {
    return withIgnored(settleError(error, signal, whole.runtime.dialectOf(whole.step)), whole);
  }
}

function itemsOf(whole: Single): readonly Value[] | Settled {
  const { loop } = whole.step.keywords;
  if (loop === undefined) return [];
  try {
    return whole.runtime.loopItems(loop, whole.scope());
  } catch (error) {
    // What a step would loop over may exist only where its condition holds.
    const skippedFirst = skippedBeforeItems(whole);
    if (skippedFirst !== undefined) return skippedFirst;
    throw error;
  }
}

function skippedBeforeItems(whole: Single): Settled | undefined {
  try {
    const condition = falseCondition(whole);
    return condition === undefined ? undefined : skippedBy(condition);
  } catch {
    return undefined;
  }
}

/** One item's run. Its scope is made anew: an earlier item may have set facts. */
export function itemOf(whole: Single, variables: Readonly<Record<string, Value>>): Single {
  let made: ReturnType<Single['scope']> | undefined;
  return { ...whole, scope: () => (made ??= whole.runtime.scope(whole.work).with(variables)) };
}

/** An item's result with the item itself in it. */
export function withItem(
  settled: Settled,
  variables: Readonly<Record<string, Value>>,
  control: LoopControl | undefined,
): Settled {
  const result = { ...settled.result, ...variables, ...indexFields(control) };
  const { includes } = settled;
  if (includes === undefined) return { ...settled, result };
  // What the item includes sees the item.
  const seen = includes.map((one) => ({ ...one, variables: { ...variables, ...one.variables } }));
  return { ...settled, result, includes: seen };
}

function indexFields(control: LoopControl | undefined): ResultRecord {
  return control?.indexVar === undefined ? {} : { ansible_index_var: control.indexVar };
}

async function pause(whole: Single, control: LoopControl | undefined): Promise<void> {
  if (control?.pause === undefined) return;
  const durationMs = durationKeyword(control.pause, 'pause', whole.scope()) ?? 0;
  if (durationMs > 0) await whole.runtime.sleep(durationMs, whole.control.signal);
}

function isEnd(settled: Settled): boolean {
  return ['unreachable', 'unknown', 'cancelled'].includes(settled.outcome);
}

function breaks(single: Single, settled: Settled): boolean {
  const { keywords } = single.step;
  const conditions = keywords.loopControl?.breakWhen;
  if (conditions === undefined || conditions.length === 0) return false;
  return firstFalse(conditions, withResult(single.scope(), keywords, settled.result)) === undefined;
}

function report(single: Single, settled: Settled, item: Value, durationMs: number): void {
  const { redactor } = single.runtime;
  const { outcome, ignored, msg, diff, result } = published(settled, redactor);
  const label = settled.noLog === true ? hiddenText : redactor.text(labelOf(single, item));
  const shown = { item: label, outcome, ignored, msg, diff, result, durationMs };
  single.control.progress({ type: 'item', ...shown, ...delegateOf(single) });
}

/** An item as it is shown: by its `label`, else itself in short. */
export function labelOf(single: Single, item: Value): string {
  const label = single.step.keywords.loopControl?.label;
  if (label === undefined) return shortText(item);
  try {
    return shortText(single.scope().value(label));
  } catch {
    return shortText(item);
  }
}

/** A value on one line. */
export function shortText(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof Secret) return value.toString();
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part instanceof Map) return Object.fromEntries(part);
    return typeof part === 'bigint' ? part.toString() : part;
  });
}

function together(ended: readonly Settled[]): Settled {
  const results = ended.map((one) => one.result);
  const outcome = overall(ended);
  const failures = ended.filter((one) => one.outcome === 'failed');
  const result = {
    results,
    changed: ended.some((one) => one.outcome === 'changed' || one.result['changed'] === true),
    failed: failures.length > 0,
    skipped: outcome === 'skipped',
    ...(outcome === 'unreachable' || outcome === 'unknown' ? { [outcome]: true } : {}),
    msg: summary(ended, failures.length),
  };
  const notify = [...new Set(ended.flatMap((one) => one.notify))];
  const last = ended.at(-1);
  const carried = outcome === 'failed' ? failures[0] : last;
  return {
    outcome,
    ignored: isIgnored(ended, outcome) ? true : undefined,
    msg: messageOf(outcome, failures, carried, result.msg),
    hint: carried?.hint,
    result,
    notify: notify.length === 0 ? noNotify : notify,
    meta: ended.find((one) => one.meta !== undefined)?.meta,
    ...(outcome === 'failed' ? {} : includedBy(ended)),
    dependsOn: ended.find((one) => one.dependsOn !== undefined)?.dependsOn,
    isMistake: ended.some((one) => one.isMistake === true),
    noLog: ended.some((one) => one.noLog === true),
  };
}

function includedBy(ended: readonly Settled[]): Pick<Settled, 'includes'> {
  const includes = ended.flatMap((one) => one.includes ?? []);
  return includes.length === 0 ? {} : { includes };
}

function overall(ended: readonly Settled[]): Settled['outcome'] {
  for (const outcome of ['cancelled', 'unknown', 'unreachable', 'failed', 'changed'] as const)
    if (ended.some((one) => one.outcome === outcome)) return outcome;
  return ended.every((one) => one.outcome === 'skipped') ? 'skipped' : 'ok';
}

function isIgnored(ended: readonly Settled[], outcome: Settled['outcome']): boolean {
  if (outcome !== 'failed' && outcome !== 'unreachable') return false;
  return ended.every((one) => one.outcome !== outcome || one.ignored === true);
}

function summary(ended: readonly Settled[], failures: number): string {
  if (failures > 0) return `${failures} of ${ended.length} items failed`;
  if (!ended.every((one) => one.outcome === 'skipped')) return 'all items are done';
  const [reason, ...others] = new Set(ended.map((one) => one.msg));
  return reason !== undefined && others.length === 0 ? reason : 'all items were skipped';
}

function messageOf(
  outcome: Settled['outcome'],
  failures: readonly Settled[],
  carried: Settled | undefined,
  msg: string,
): string | undefined {
  if (outcome === 'failed')
    return failures.length === 1 && carried?.msg !== undefined ? `${msg}: ${carried.msg}` : msg;
  if (outcome === 'unreachable' || outcome === 'unknown' || outcome === 'cancelled') return carried?.msg;
  return outcome === 'skipped' ? msg : undefined;
}
