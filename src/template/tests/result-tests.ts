import { type Datum, type Run, Undefined } from '../datum.ts';
import { type Native, native } from '../native.ts';
import { equals } from '../python/compare.ts';
import { type Dict, dictGet, isDict } from '../python/dict.ts';
import { isList, isTruthy, typeName } from '../python/types.ts';

/** A test of what a step's registered result says. */
function ofResult(holds: (run: Run, result: Dict) => boolean): Native {
  return native('value', (run: Run, value: Datum) => {
    if (!isDict(value)) throw run.fail(`this test needs a registered result, not ${typeName(value)}`);
    return holds(run, value);
  });
}

function flag(result: Dict, name: string): boolean {
  const value = dictGet(result, name);
  return value !== undefined && !(value instanceof Undefined) && isTruthy(value);
}

const failed = ofResult((_run, result) => flag(result, 'failed'));
const succeeded = ofResult((_run, result) => !flag(result, 'failed'));
const skipped = ofResult((_run, result) => flag(result, 'skipped'));
const changed = ofResult((run, result) => {
  const results = dictGet(result, 'changed') === undefined ? dictGet(result, 'results') : undefined;
  if (!isList(results)) return flag(result, 'changed');
  return results.some(
    (item) =>
      isDict(item) &&
      dictGet(item, 'changed') !== undefined &&
      equals(run, dictGet(item, 'changed') ?? false, true),
  );
});

/** An asynchronous step's result says 0 or 1. */
function jobFlag(name: string, whenAbsent: boolean): Native {
  return ofResult((_run, result) => (dictGet(result, name) === undefined ? whenAbsent : flag(result, name)));
}

/** Ansible's tests of registered results, with the names that older playbooks use. */
export const resultTests: Readonly<Record<string, Native>> = {
  failed,
  failure: failed,
  succeeded,
  success: succeeded,
  successful: succeeded,
  changed,
  change: changed,
  skipped,
  skip: skipped,
  unreachable: ofResult((_run, result) => flag(result, 'unreachable')),
  reachable: ofResult((_run, result) => !flag(result, 'unreachable')),
  started: jobFlag('started', true),
  finished: jobFlag('finished', true),
  timedout: ofResult((_run, result) => {
    const timedOut = dictGet(result, 'timedout');
    return isDict(timedOut) && isTruthy(dictGet(timedOut, 'period') ?? false);
  }),
};
