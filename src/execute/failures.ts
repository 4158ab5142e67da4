import { formatDuration } from '../lib/duration.ts';
import { RunbookError } from '../model/diagnostic.ts';
import { HostError } from '../model/host.ts';
import type { Outcome } from '../model/outcome.ts';
import { TemplateError } from '../template/errors.ts';
import { NoWayError } from './connection-settings.ts';
import { failed, noNotify, type Settled, skipped } from './settled.ts';
import { UnknownResultError } from './unknown-result.ts';

/**
 * What an error thrown while a step runs comes to. Nothing a step does rejects: this is its net.
 *
 * @param dialect In Ansible's, the message of a template's error is told without its place, which goes into the hint:
 * playbooks test what messages say. Default `native`.
 */
export function settleError(
  error: unknown,
  signal: AbortSignal,
  dialect: 'native' | 'ansible' = 'native',
): Settled {
  if (error instanceof HostError) return settleHostError(error);
  if (error instanceof NoWayError)
    return settleHostError(new HostError('unreachable', 'RB515', error.message));
  if (error instanceof UnknownResultError) return { ...skipped(error.message), dependsOn: error.step };
  // What fails after the run was cancelled fails because of that.
  if (signal.aborted) return cancelled();
  if (error instanceof TemplateError) return settleTemplateError(error, dialect);
  if (error instanceof RunbookError)
    return failed(error.message, error.diagnostics.find((one) => one.hint !== undefined)?.hint);
  if (error instanceof TypeError || error instanceof ReferenceError)
    return failed(`internal error: ${error.message}`, 'This is a bug of runbook, not of the playbook.', {
      exception: error.stack ?? error.message,
    });
  return failed(error instanceof Error ? error.message : String(error));
}

function settleTemplateError(error: TemplateError, dialect: 'native' | 'ansible'): Settled {
  const place = `${error.template}:${error.line}:${error.column}`;
  if (dialect === 'native') return failed(`${error.message} (${place})`);
  const isUndefined = error.kind === 'undefined';
  return failed(
    isUndefined ? `${undefinedInTask} ${error.message}` : error.message,
    `The place is ${place}.`,
  );
}

/** How messages of undefined variables begin in Ansible. */
const undefinedInTask = 'The task includes an option with an undefined variable. The error was:';

function settleHostError(error: HostError): Settled {
  const msg = `${error.message} (${error.code})`;
  if (error.kind === 'become') return failed(msg, error.hint, { unreachable: false });
  if (error.kind === 'cancelled') return cancelled();
  const outcome: Outcome = error.kind;
  return {
    outcome,
    msg,
    hint: error.hint,
    notify: noNotify,
    result: { changed: false, [error.kind]: true, msg },
  };
}

/** A step that the end of the run cut short. */
export function cancelled(): Settled {
  const msg = 'the run was cancelled';
  return { outcome: 'cancelled', msg, notify: noNotify, result: { changed: false, cancelled: true, msg } };
}

/** A step whose `timeout` passed. */
export function timedOut(timeoutMs: number): Settled {
  const msg = `ran into its timeout of ${formatDuration(timeoutMs)} (RB513)`;
  return failed(msg, undefined, { timedout: { period: timeoutMs / 1_000 } });
}
