import { failure } from '../model/diagnostic.ts';
import type { Declarations } from '../model/playbook.ts';
import type { StateChange } from '../model/step-coordination.ts';
import type { Value } from '../model/value.ts';

/**
 * The first values of all that `state` declares, rendered.
 *
 * @throws RunbookError RB611 naming the value whose template fails.
 */
export function initialState(
  declared: Declarations['state'],
  render: (value: Value) => Value,
): readonly StateChange[] {
  return Object.entries(declared).map(([name, { value, at }]) => {
    try {
      return { type: 'set', name, value: render(value) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const hint = 'the first value may read variables of the playbook, params and -e';
      throw failure('RB611', `state "${name}" has no first value: ${reason}`, { at, hint });
    }
  });
}
