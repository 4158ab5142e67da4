import type { IncludeRequest } from '../model/include.ts';
import type { Diff, ModuleResult } from '../model/module.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Value } from '../model/value.ts';

/** Fields of a registered result. */
export type ResultRecord = Readonly<Record<string, Value>>;

/** How one attempt, one loop item or a whole step ended; secrets are not masked yet. */
export interface Settled {
  readonly outcome: Outcome;
  readonly ignored?: boolean | undefined;
  readonly msg?: string | undefined;
  readonly rc?: number | undefined;
  readonly diff?: Diff | readonly Diff[] | undefined;
  readonly hint?: string | undefined;
  /** What `register` stores. */
  readonly result: ResultRecord;
  readonly notify: readonly string[];
  readonly meta?: ModuleResult['meta'];
  readonly facts?: ModuleResult['facts'];
  readonly includes?: readonly IncludeRequest[] | undefined;
  /** In check mode: the step whose unknown result stopped this one, or this step itself when it was left out. */
  readonly dependsOn?: string | undefined;
  /** Of a step that was left out: the fields of its result that are known nonetheless. */
  readonly known?: ResultRecord | undefined;
  /** Of a failure: whether it is a mistake in the playbook, which no rescue takes up. */
  readonly isMistake?: boolean | undefined;
  readonly noLog?: boolean | undefined;
}

/** No names of handlers. */
export const noNotify: readonly string[] = [];

/** A failure with a message, and a hint where there is one. */
export function failed(msg: string, hint?: string, fields: ResultRecord = {}): Settled {
  return {
    outcome: 'failed',
    msg,
    hint,
    notify: noNotify,
    result: { changed: false, ...fields, failed: true, msg },
  };
}

/** A step that is not carried out. */
export function skipped(reason: string, fields: ResultRecord = {}): Settled {
  const result = { changed: false, skipped: true, skip_reason: reason, ...fields };
  return { outcome: 'skipped', msg: reason, notify: noNotify, result };
}

/** What a module returned, as a registered result with the fields that are derived from others. */
export function fromModule(returned: ModuleResult, showDiff: boolean): Settled {
  const { changed, msg, rc, facts, fields } = returned;
  const hasFailed =
    returned.failed === true || (returned.failed === undefined && rc !== undefined && rc !== 0);
  const result: Record<string, Value> = { ...fields, changed, failed: hasFailed };
  if (rc !== undefined) result['rc'] = rc;
  // A module's own field is the value itself; the message is how it is shown.
  if (msg !== undefined && returned.isMsgReport !== true) result['msg'] ??= msg;
  if (returned.skipped === true) result['skipped'] = true;
  if (facts !== undefined) result['ansible_facts'] ??= facts.values;
  addLines(result, 'stdout');
  addLines(result, 'stderr');
  const diff = showDiff ? returned.diff : undefined;
  if (diff !== undefined) result['diff'] = diffFields(diff);
  const { include, meta } = returned;
  const ended = { outcome: outcomeOf(result), msg, rc, diff, result, notify: noNotify, meta, facts };
  return include === undefined ? ended : { ...ended, includes: [{ variables: {}, ...include }] };
}

/** The outcome that a result's `failed`, `skipped` and `changed` stand for. */
export function outcomeOf(result: ResultRecord): Outcome {
  if (result['failed'] === true) return 'failed';
  if (result['skipped'] === true) return 'skipped';
  return result['changed'] === true ? 'changed' : 'ok';
}

function addLines(result: Record<string, Value>, stream: 'stdout' | 'stderr'): void {
  const text = result[stream];
  const name = `${stream}_lines`;
  if (typeof text === 'string' && result[name] === undefined) result[name] = splitLines(text);
}

/** The lines of a text; a line break at its end begins no further line. */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function diffFields(diff: Diff | readonly Diff[]): Value {
  if (isDiffs(diff)) return diff.map((one) => oneDiff(one));
  return oneDiff(diff);
}

function isDiffs(diff: Diff | readonly Diff[]): diff is readonly Diff[] {
  return Array.isArray(diff);
}

function oneDiff(diff: Diff): Value {
  const fields: Record<string, Value> = { before: diff.before, after: diff.after };
  if (diff.beforeHeader !== undefined) fields['before_header'] = diff.beforeHeader;
  if (diff.afterHeader !== undefined) fields['after_header'] = diff.afterHeader;
  return fields;
}
