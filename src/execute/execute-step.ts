import type { PlanStep } from '../model/plan.ts';
import type { StepControl, StepOutcome, StepWork } from '../model/step-run.ts';
import type { Value } from '../model/value.ts';
import { delegateOf } from './delegate-name.ts';
import { cancelled, settleError } from './failures.ts';
import { itemLabel, runParallelItem } from './parallel-item.ts';
import { published } from './publish.ts';
import { runLoop } from './run-loop.ts';
import type { Single, StepRuntime } from './runtime.ts';
import type { Settled } from './settled.ts';
import { runSingle } from './single.ts';
import type { StepForm } from './step-form.ts';
import type { StepScope } from './step-scope-port.ts';

/** Carries out one step on one host, and stores its result. Never rejects: every failure is an outcome. */
export async function executeStep(
  runtime: StepRuntime,
  work: StepWork,
  control: StepControl,
): Promise<StepOutcome> {
  const single = wholeStep(runtime, work, control);
  const settled = await settle(single);
  const title = titleOf(single);
  const item = work.node.kind === 'item' ? { item: itemLabel(single, work.node, settled) } : {};
  const isLeftOut = settled.outcome === 'skipped' && settled.dependsOn !== undefined;
  const leftOut = isLeftOut ? { leftOut: true } : {};
  const outcome = { ...published(settled, runtime.redactor), ...item, ...leftOut, ...delegateOf(single) };
  return title === undefined ? outcome : { ...outcome, title: runtime.redactor.text(title) };
}

function wholeStep(runtime: StepRuntime, work: StepWork, control: StepControl): Single {
  let made: StepScope | undefined;
  const form: StepForm = runtime.formOf(work.step);
  const scope = () => (made ??= runtime.scope(work));
  return { runtime, work, step: work.step, form, control, scope };
}

async function settle(single: Single): Promise<Settled> {
  const { signal } = single.control;
  const dialect = single.runtime.dialectOf(single.step);
  try {
    const settled = signal.aborted
      ? cancelled()
      : await carryOut(single).catch((error) => settleError(error, signal, dialect));
    await actOnMeta(single, settled);
    store(single, settled);
    return settled;
  } catch (error) {
    return settleError(error, signal, dialect);
  }
}

async function carryOut(single: Single): Promise<Settled> {
  const preparation = single.runtime.prepare(single.work);
  if (preparation !== undefined) await preparation;
  if (single.work.node.kind === 'item') return runParallelItem(single, single.work.node);
  return single.step.keywords.loop === undefined ? runSingle(single) : runLoop(single);
}

async function actOnMeta(single: Single, settled: Settled): Promise<void> {
  const { runtime, work, control } = single;
  if (settled.meta === 'clear_facts') for (const host of work.registerFor) runtime.variables.clearFacts(host);
  if (settled.meta === 'reset_connection') await control.fork(() => runtime.connections.reset(work.host));
}

/** Registers the result for all hosts it counts for. A result that is not known is marked so. */
function store(single: Single, settled: Settled): void {
  const { runtime, work, step } = single;
  const { register } = step.keywords;
  if (settled.outcome === 'cancelled') return;
  for (const host of work.registerFor) {
    const isKept = work.node.kind !== 'item' || work.locals !== undefined;
    if (register !== undefined && isKept) registerFor(runtime, work, host, register, settled);
    if (settled.dependsOn === undefined) continue;
    runtime.variables.markUnknown(host, unknownNames(step), settled.dependsOn, settled.known);
  }
}

/**
 * What is registered while an item of a queue is worked on belongs to that item; but a result that is not known hides
 * what the host has under that name.
 */
function registerFor(
  runtime: StepRuntime,
  work: StepWork,
  host: string,
  name: string,
  settled: Settled,
): void {
  if (work.locals === undefined || settled.dependsOn !== undefined) {
    work.locals?.delete(name);
    runtime.variables.register(host, name, settled.result);
  } else work.locals.set(name, settled.result);
}

/** The variables that a step would have given values. */
function unknownNames(step: PlanStep): readonly string[] {
  const { action, keywords } = step;
  const names = keywords.register === undefined ? [] : [keywords.register];
  if (action.type === 'module' && action.module === 'set_fact')
    names.push(...Object.keys(action.params).filter((name) => name !== 'cacheable'));
  return names;
}

/** The step's name where it holds templates and they can be rendered. */
function titleOf(single: Single): string | undefined {
  const { name } = single.step;
  if (name === undefined || single.form.staticTitle) return undefined;
  try {
    return single.scope().text(name);
  } catch {
    return undefined;
  }
}

/** The result of a parallel loop as a whole, its items' results in the order of the items. */
export function joinItems(
  results: readonly Readonly<Record<string, Value>>[],
): Readonly<Record<string, Value>> {
  const any = (field: string) => results.some((one) => one[field] === true);
  const all = (field: string) => results.length > 0 && results.every((one) => one[field] === true);
  return {
    results,
    changed: any('changed'),
    failed: any('failed'),
    ...(all('skipped') ? { skipped: true } : {}),
  };
}
