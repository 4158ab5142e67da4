import { delayAfter } from '../model/block-series.ts';
import type { Dialect } from '../model/document.ts';
import type { Keywords } from '../model/playbook.ts';
import type { StepControl } from '../model/step-run.ts';
import { firstFalse, withResult } from './judge.ts';
import { countKeyword, durationKeyword, plainScalar } from './keyword-values.ts';
import type { Settled } from './settled.ts';
import type { StepScope } from './step-scope-port.ts';

/** Further attempts where `retries` is not written. */
export const defaultRetries = 3;
/** Time between attempts where `delay` is not written. */
export const defaultDelayMs = 5_000;

/** What repeated attempts need besides the attempt itself. */
export interface RetryContext {
  readonly keywords: Keywords;
  /** Ansible's result of a step that never did well counts in `attempts` what `retries` says, one less than it made. */
  readonly dialect: Dialect;
  scope(): StepScope;
  readonly control: StepControl;
  /** What may be said of a failed attempt. */
  messageOf(settled: Settled): string;
  /** Waits; rejects when the signal is aborted. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
}

/**
 * Attempts until `until` holds (without it: until the attempt does not fail), `retries` further times at most (default
 * 3), with `delay` (default 5 s) between them, multiplied by `backoff` each time. The waits hold no fork.
 */
export async function withRetries(attempt: () => Promise<Settled>, context: RetryContext): Promise<Settled> {
  const { keywords } = context;
  // Ansible heeds `retries` beside `until` only.
  const isAlone = keywords.until === undefined && context.dialect === 'ansible';
  if (isAlone || (keywords.until === undefined && keywords.retries === undefined)) return attempt();
  const scope = context.scope();
  const retries = Math.max(0, countKeyword(keywords.retries, 'retries', scope) ?? defaultRetries);
  const delayMs = durationKeyword(keywords.delay, 'delay', scope) ?? defaultDelayMs;
  const factor = backoffFactor(keywords, scope);
  for (let tries = 1; ; tries++) {
    const settled = numbered(await attempt(), tries);
    if (!isRetried(settled)) return settled;
    if (isEnough(settled, context)) return settled;
    if (tries > retries) return givenUp(settled, tries, context.dialect);
    context.control.progress({ type: 'retry', attempt: tries, of: retries, msg: context.messageOf(settled) });
    await context.sleep(delayAfter({ delayMs, factor }, tries), context.control.signal);
  }
}

function isRetried(settled: Settled): boolean {
  return settled.outcome === 'ok' || settled.outcome === 'changed' || settled.outcome === 'failed';
}

function isEnough(settled: Settled, context: RetryContext): boolean {
  const { until } = context.keywords;
  if (until === undefined) return settled.outcome !== 'failed';
  return firstFalse(until, withResult(context.scope(), context.keywords, settled.result)) === undefined;
}

function numbered(settled: Settled, tries: number): Settled {
  return { ...settled, result: { ...settled.result, attempts: tries } };
}

function givenUp(settled: Settled, tries: number, dialect: Dialect): Settled {
  const attempts = tries === 1 ? '1 attempt' : `${tries} attempts`;
  const before = settled.outcome === 'failed' && settled.msg ? `: ${settled.msg}` : '';
  const msg = `gave up after ${attempts}${before}`;
  const counted = dialect === 'ansible' ? Math.max(1, tries - 1) : tries;
  const result = { ...settled.result, failed: true, attempts: counted, msg: settled.result['msg'] ?? msg };
  return { ...settled, outcome: 'failed', msg, result };
}

/** The factor by which delays grow. @throws Error where it is none */
export function backoffFactor(keywords: Keywords, scope: StepScope): number {
  if (keywords.backoff === undefined || keywords.backoff === null) return 1;
  const value = plainScalar(scope.value(keywords.backoff));
  if (value === 'exponential') return 2;
  const factor = typeof value === 'string' ? Number(value) : value;
  if (typeof factor !== 'number' || !Number.isFinite(factor) || factor < 1)
    throw new Error('backoff must be a number of at least 1, or "exponential"');
  return factor;
}
