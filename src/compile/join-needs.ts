import type { PlanStep } from '../model/plan.ts';
import type { Need } from '../model/playbook.ts';

/** What a `join` step names, in the form of `needs`; undefined for any other step. */
export function joinNeeds(step: PlanStep): readonly Need[] | undefined {
  const { action } = step;
  if (action.type !== 'module' || action.module !== 'join') return undefined;
  const written = action.params['steps'] ?? [];
  const names = Array.isArray(written) ? written : String(written).split(',');
  const at = step.places['join'] ?? action.at;
  return names.map((name) => ({ step: String(name).trim(), hosts: 'same', accept: 'ended', at }));
}

/** Whether a `join` gives up waiting at a time that its author set. */
export function isTimedJoin(step: PlanStep): boolean {
  return step.action.type === 'module' && step.action.params['timeout'] !== undefined;
}
