import { RunbookError } from '../model/diagnostic.ts';
import { HostError } from '../model/host.ts';
import type { DetachedWork, ModuleContext, ModuleSpec } from '../model/module.ts';
import { stepTitle } from '../model/plan.ts';
import type { StepControl } from '../model/step-run.ts';
import type { Secret, Value } from '../model/value.ts';
import { TemplateError } from '../template/errors.ts';
import { createHostLink, runModule } from './attempt.ts';
import { type AttemptDeadline, startDeadline } from './deadline.ts';
import { isKnown, renderEnvironment, singleVariables } from './environment.ts';
import { cancelled, settleError, timedOut } from './failures.ts';
import { detachedWork } from './jobs.ts';
import { judge } from './judge.ts';
import { durationKeyword } from './keyword-values.ts';
import { checkedParams } from './params.ts';
import { pipeHosts } from './pipe.ts';
import type { Single } from './runtime.ts';
import { fromModule, type Settled } from './settled.ts';
import type { StepScope } from './step-scope-port.ts';
import { UnknownResultError } from './unknown-result.ts';

/** How a step's module is run. */
export interface AttemptOptions {
  readonly noLog: boolean;
  readonly checkMode: boolean;
  readonly diffMode: boolean;
  /** The host that the module talks to. */
  readonly actsOn: string;
}

const noEnvironment: Readonly<Record<string, string | Secret>> = {};

/** Renders and checks everything once; the function given back makes one attempt with it. */
export function runAttempt(
  single: Single,
  spec: ModuleSpec,
  options: AttemptOptions,
): () => Promise<Settled> {
  const { runtime, step, control } = single;
  const scope = () => single.scope();
  const reveal = (secret: Secret) => runtime.redactor.reveal(secret);
  const params = checkedParams(step, single.form, spec, {
    scope,
    isOmitted: runtime.isOmitted,
    reveal,
    noLog: options.noLog,
  });
  const { environment, timeout } = step.keywords;
  const env = environment === undefined ? noEnvironment : environmentOf(environment, spec, scope());
  const timeoutMs = timeout === undefined ? undefined : durationKeyword(timeout, 'timeout', scope());
  const { ask } = runtime;
  const access = runtime.access(single.work, options.actsOn, scope);
  return async () => {
    const detached = detachedWork(step.keywords, scope);
    const deadline = startDeadline(shorter(timeoutMs, spec, detached), control.signal);
    const link = createHostLink(access, control, deadline);
    const context: ModuleContext = {
      hostName: single.work.host,
      actsOn: options.actsOn,
      checkMode: options.checkMode,
      diffMode: options.diffMode,
      verbosity: runtime.mode.verbosity,
      env,
      timeoutMs,
      noLog: options.noLog,
      keepsTexts: runtime.keepsTexts,
      signal: deadline.signal,
      files: runtime.files(step),
      renderTemplate: (text, templateOptions) => scope().file(text, templateOptions),
      evaluate: (expression) => scope().evaluate(expression),
      holds: (condition) => scope().holds(condition),
      coordination: control.coordination,
      readVariables: runtime.readVariables,
      inventory: runtime.inventory,
      shared: runtime.shared,
      detached,
      jobs: runtime.jobs.ofHost(options.actsOn),
      join: joinOf(control, deadline.signal),
      ask:
        ask === undefined
          ? undefined
          : (prompt, { echo }) => ask(single.work, prompt, { echo }, deadline.signal),
      pipe: (from, to) =>
        pipeHosts(
          single,
          { env, sensitive: options.noLog, actsOn: options.actsOn },
          from,
          to,
          deadline.signal,
        ),
      send: (request) => link.send(request),
      planned: (path) => runtime.planned.at(options.actsOn, path),
      sleep: (durationMs) => runtime.sleep(durationMs, deadline.signal),
    };
    try {
      const settled = await attemptOnce(single, spec, params, context, deadline, options);
      return options.checkMode ? underPlan(settled, single, params, options.actsOn) : settled;
    } finally {
      deadline.close();
    }
  };
}

/** What the environment reads of the host is known only when its facts are: gathering them goes without such variables. */
function environmentOf(
  layers: readonly Value[],
  spec: ModuleSpec,
  scope: StepScope,
): Readonly<Record<string, string | Secret>> {
  if (spec.name !== 'setup') return renderEnvironment(layers, scope);
  const known = layers.flatMap(singleVariables).filter((one) => isKnown(one, scope));
  return renderEnvironment(known, scope);
}

/** Work that cannot go on by itself ends with the step, within the limit of both. */
function shorter(
  timeoutMs: number | undefined,
  spec: ModuleSpec,
  detached: DetachedWork | undefined,
): number | undefined {
  if (detached === undefined || spec.detaches === true) return timeoutMs;
  return Math.min(timeoutMs ?? detached.limitMs, detached.limitMs);
}

/** In check mode a step cannot be blamed for what an earlier one would have changed at its path. */
function underPlan(settled: Settled, single: Single, params: unknown, host: string): Settled {
  const { planned } = single.runtime;
  const earlier = settled.outcome === 'failed' ? planned.stepOf(host, params) : undefined;
  if (earlier !== undefined) throw new UnknownResultError(earlier);
  if (settled.outcome === 'changed') planned.add(host, params, stepTitle(single.step));
  return settled;
}

async function attemptOnce(
  single: Single,
  spec: ModuleSpec,
  params: unknown,
  context: ModuleContext,
  deadline: AttemptDeadline,
  options: AttemptOptions,
): Promise<Settled> {
  let settled: Settled;
  try {
    const { planned } = single.runtime;
    const done = await runModule(spec, params, context, (leaves) => planned.leave(options.actsOn, leaves));
    const { detached } = context;
    const job = detached === undefined ? done : single.runtime.jobs.ended(options.actsOn, detached, done);
    settled = fromModule(job, options.diffMode);
    if (deadline.expired) return timedOut(deadline.timeoutMs ?? 0);
    if (settled.outcome === 'failed' && single.control.signal.aborted) return cancelled();
  } catch (error) {
    // A command that may still be running has not timed out: nobody knows what became of it.
    const isUnknown = error instanceof HostError && error.kind === 'unknown';
    if (deadline.expired && !single.control.signal.aborted && !isUnknown)
      return timedOut(deadline.timeoutMs ?? 0);
    // Only what the module itself says of its work is for `failed_when` to judge.
    if (isOurs(error)) throw error;
    settled = settleError(error, single.control.signal, single.runtime.dialectOf(single.step));
  }
  return judged(settled, single);
}

function isOurs(error: unknown): boolean {
  return (
    error instanceof HostError ||
    error instanceof RunbookError ||
    error instanceof TemplateError ||
    error instanceof UnknownResultError
  );
}

/** A condition that cannot be evaluated fails the step, and keeps what the module returned. */
function judged(settled: Settled, single: Single): Settled {
  try {
    return judge(settled, single.step.keywords, () => single.scope());
  } catch (error) {
    if (error instanceof UnknownResultError) throw error;
    const { msg = '', hint } = settleError(
      error,
      single.control.signal,
      single.runtime.dialectOf(single.step),
    );
    const result = { ...settled.result, failed: true, msg };
    return { ...settled, outcome: 'failed', msg, hint, result };
  }
}

function joinOf({ join }: StepControl, signal: AbortSignal): ModuleContext['join'] {
  return join === undefined ? undefined : (timeoutMs) => join(timeoutMs, signal);
}
