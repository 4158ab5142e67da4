import type { Condition } from '../model/playbook.ts';
import { conditionText } from './compile-input.ts';
import { isTemplate } from './is-template.ts';

/**
 * What a further use of a role that runs once depends on beside its own conditions: undefined where it never runs, as an
 * equal use before it ran wherever this one would; else conditions that hold where those uses did not run.
 *
 * @param runs By key: the conditions of each use so far.
 */
export function conditionOfUse(
  runs: ReadonlyMap<string, readonly (readonly Condition[])[]>,
  key: string | undefined,
  when: readonly Condition[],
): readonly Condition[] | undefined {
  const conditions: Condition[] = [];
  for (const before of key === undefined ? [] : (runs.get(key) ?? [])) {
    const further = before.filter((condition) => condition !== true && !when.includes(condition));
    if (further.length === 0) return undefined;
    const texts = further.map(conditionText);
    // What has braces is no expression that another could hold.
    if (!texts.some(isTemplate)) conditions.push(`not (${texts.map((text) => `(${text})`).join(' and ')})`);
  }
  return conditions;
}

/** Takes note of a use of which something runs. */
export function noteUse(
  runs: Map<string, (readonly Condition[])[]>,
  key: string,
  when: readonly Condition[],
): void {
  runs.set(key, [...(runs.get(key) ?? []), when]);
}
