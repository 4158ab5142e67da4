import { didYouMean } from '../lib/suggest.ts';
import type { ModuleSpec } from '../model/module.ts';
import { stepTitle } from '../model/plan.ts';
import type { Value } from '../model/value.ts';
import { settleError } from './failures.ts';
import { firstFalse } from './judge.ts';
import { flagKeyword, textKeyword } from './keyword-values.ts';
import { hiddenText } from './publish.ts';
import { withRetries } from './retry.ts';
import { runAttempt } from './run-attempt.ts';
import type { Single } from './runtime.ts';
import { failed, noNotify, type Settled, skipped } from './settled.ts';
import type { StepScope } from './step-scope-port.ts';

/** Carries out a step once, or one item of its loop: condition, parameters, attempts, facts, notifications. */
export async function runSingle(single: Single): Promise<Settled> {
  const noLog = isHidden(single);
  let settled: Settled;
  try {
    settled = await carryOut(withDelegate(single), noLog);
  } catch (error) {
    settled = settleError(error, single.control.signal, single.runtime.dialectOf(single.step));
  }
  return withIgnored({ ...settled, noLog }, single);
}

/** `no_log`; a template in it that fails hides the output: what was meant to be hidden must not be shown. */
function isHidden(single: Single): boolean {
  const { noLog } = single.step.keywords;
  if (noLog === undefined) return false;
  try {
    return flagKeyword(noLog, 'no_log', single.scope(), false);
  } catch {
    return true;
  }
}

async function carryOut(single: Single, noLog: boolean): Promise<Settled> {
  const { step, form, runtime } = single;
  const { keywords, action } = step;
  if (keywords.when !== undefined) {
    const condition = falseCondition(single);
    if (condition !== undefined) return skippedBy(condition);
  }
  if (action.type !== 'module')
    return { outcome: 'ok', notify: notified(single), result: { changed: false, failed: false } };
  const { spec } = form;
  if (spec === undefined) {
    const msg = `no module named "${action.written}"${didYouMean(action.written, runtime.moduleNames)} (RB204)`;
    const isMistake = runtime.dialectOf(step) === 'ansible';
    return { ...failed(msg, 'runbook doc lists the modules.'), isMistake };
  }
  const checkMode = switched(single, 'checkMode', runtime.mode.check);
  if (checkMode && isLeftOut(single, spec)) return leftOut(single);
  const diffMode = switched(single, 'diff', runtime.mode.diff);
  const attempt = runAttempt(single, spec, { noLog, checkMode, diffMode, actsOn: actsOn(single) });
  const settled = await withRetries(attempt, {
    keywords,
    dialect: runtime.dialectOf(step),
    scope: () => single.scope(),
    control: single.control,
    messageOf: ({ msg = '' }) => (noLog ? hiddenText : runtime.redactor.text(msg)),
    sleep: (durationMs, signal) => runtime.sleep(durationMs, signal),
  });
  storeFacts(single, settled);
  return settled.outcome === 'changed' ? { ...settled, notify: notified(single) } : settled;
}

/** The first condition of `when` that does not hold. */
export function falseCondition(single: Single): string | boolean | undefined {
  const { when } = single.step.keywords;
  if (when === undefined || when.length === 0) return undefined;
  return firstFalse(when, single.scope());
}

/** A step whose condition does not hold. */
export function skippedBy(condition: string | boolean): Settled {
  return skipped(`the condition does not hold: ${condition}`, { false_condition: condition });
}

/**
 * A command in check mode: what it would do is not known. Playbooks of Ansible ask its result whether it was skipped,
 * and why.
 */
function leftOut(single: Single): Settled {
  const reason = 'left out in check mode';
  const settled = skipped(reason, { msg: reason, failed: false });
  const isAnsible = single.runtime.dialectOf(single.step) === 'ansible';
  const known = isAnsible ? { ...settled.result, unreachable: false } : undefined;
  return { ...settled, known, dependsOn: stepTitle(single.step) };
}

function isLeftOut({ step }: Single, spec: ModuleSpec): boolean {
  if (spec.type === 'action' && spec.checkMode === 'skip') return true;
  const { async } = step.keywords;
  return async !== undefined && async !== null && async !== 0 && async !== '0';
}

function switched(single: Single, keyword: 'checkMode' | 'diff', otherwise: boolean): boolean {
  const value = single.step.keywords[keyword];
  if (value === undefined) return otherwise;
  return flagKeyword(value, keyword === 'diff' ? 'diff' : 'check_mode', single.scope(), otherwise);
}

const delegatedNames = ['ansible_host', 'ansible_port', 'ansible_user', 'ansible_connection'];

/** A delegated step sees how its delegate is reached as `ansible_delegated_vars`, once that can be told. */
function withDelegate(single: Single): Single {
  if (single.step.keywords.delegateTo === undefined) return single;
  let made: StepScope | undefined;
  const make = (own: StepScope): StepScope => {
    try {
      const host = actsOn(single);
      const other = single.runtime.scope({ ...single.work, host });
      const known = delegatedNames.map((name) => [name, other.variable(name)] as const);
      const present = known.filter((entry): entry is [string, Value] => entry[1] !== undefined);
      const values = { ...Object.fromEntries(present), inventory_hostname: single.work.host };
      return own.with({ ansible_delegated_vars: { [host]: values } });
    } catch {
      // Where it matters, the step itself says what is wrong with its delegate.
      return own;
    }
  };
  return { ...single, scope: () => (made ??= make(single.scope())) };
}

/** The host that the step talks to: the one it is delegated to, else its own. */
function actsOn(single: Single): string {
  const { delegateTo } = single.step.keywords;
  if (delegateTo === undefined) return single.work.host;
  return textKeyword(delegateTo, 'delegate_to', single.scope()) ?? single.work.host;
}

function storeFacts(single: Single, settled: Settled): void {
  const { facts } = settled;
  if (facts === undefined || settled.outcome === 'failed') return;
  const { variables } = single.runtime;
  const { delegateFacts } = single.step.keywords;
  const delegated =
    delegateFacts !== undefined && flagKeyword(delegateFacts, 'delegate_facts', single.scope(), false);
  for (const host of delegated ? [actsOn(single)] : single.work.registerFor) {
    if (facts.kind === 'gathered') variables.addFacts(host, facts.values);
    if (facts.kind === 'returned' || facts.isKept === true) variables.addNamedFacts(host, facts.values);
    if (facts.kind === 'set') variables.setValues(host, facts.values);
    if (facts.kind !== 'included') continue;
    single.runtime.includeVariables(host, facts.values);
    variables.changed(host, Object.keys(facts.values));
  }
}

/** The rendered names of `notify`. */
function notified(single: Single): readonly string[] {
  const { notify } = single.step.keywords;
  if (notify === undefined || notify.length === 0) return noNotify;
  return notify.flatMap((name) => names(name.includes('{') ? single.scope().value(name) : name));
}

function names(value: Value): string[] {
  if (Array.isArray(value)) return value.flatMap((entry: Value) => names(entry));
  return value === null || value === '' ? [] : [String(value)];
}

/** Marks a failure that `ignore_errors` or `ignore_unreachable` takes the weight from. */
export function withIgnored(settled: Settled, single: Pick<Single, 'step' | 'scope'>): Settled {
  const { ignoreErrors, ignoreUnreachable } = single.step.keywords;
  const name = settled.outcome === 'failed' ? 'ignore_errors' : 'ignore_unreachable';
  const value = settled.outcome === 'failed' ? ignoreErrors : ignoreUnreachable;
  if (value === undefined || (settled.outcome !== 'failed' && settled.outcome !== 'unreachable'))
    return settled;
  try {
    return flagKeyword(value, name, single.scope(), false) ? { ...settled, ignored: true } : settled;
  } catch {
    // The failure itself says more than a second one about whether to ignore it.
    return settled;
  }
}
