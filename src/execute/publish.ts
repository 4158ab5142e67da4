import type { Diff } from '../model/module.ts';
import type { StepOutcome } from '../model/step-run.ts';
import type { Redactor } from './redact.ts';
import type { ResultRecord, Settled } from './settled.ts';

/** What stands in the place of output that a step hides. */
export const hiddenText = 'hidden, as the step has no_log';

/** A settled step as the world may see it: secrets masked, and all output of a `no_log` step left out. */
export function published(settled: Settled, redactor: Redactor): StepOutcome {
  const { outcome, ignored, rc, notify, meta, includes, isMistake } = settled;
  const open = { outcome, ignored, rc, notify, meta, includes, isMistake };
  if (settled.noLog === true && isOutput(settled))
    return { ...open, msg: hiddenText, result: censored(settled) };
  const { msg, hint, diff } = settled;
  return {
    ...open,
    msg: msg === undefined ? undefined : redactor.text(msg),
    hint: hint === undefined ? undefined : redactor.text(hint),
    diff: diff === undefined ? undefined : maskDiffs(diff, redactor),
    result: redactor.value(settled.result),
  };
}

/** Whether what a step says comes from its module: why a host was lost is told in any case. */
function isOutput(settled: Settled): boolean {
  return !['unreachable', 'unknown', 'cancelled'].includes(settled.outcome);
}

function censored(settled: Settled): ResultRecord {
  const { changed = false, failed, skipped } = settled.result;
  return {
    censored: hiddenText,
    changed,
    ...(failed === undefined ? {} : { failed }),
    ...(skipped === undefined ? {} : { skipped }),
  };
}

function maskDiffs(diff: Diff | readonly Diff[], redactor: Redactor): Diff | readonly Diff[] {
  return isList(diff) ? diff.map((one) => maskDiff(one, redactor)) : maskDiff(diff, redactor);
}

function isList(diff: Diff | readonly Diff[]): diff is readonly Diff[] {
  return Array.isArray(diff);
}

function maskDiff(diff: Diff, redactor: Redactor): Diff {
  const header = (text: string | undefined) => (text === undefined ? undefined : redactor.text(text));
  return {
    before: redactor.text(diff.before),
    after: redactor.text(diff.after),
    beforeHeader: header(diff.beforeHeader),
    afterHeader: header(diff.afterHeader),
  };
}
