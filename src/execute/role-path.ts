import type { PlanStep } from '../model/plan.ts';

/** The directory of the role that a step belongs to, where it belongs to one. */
export function rolePathOf(step: PlanStep): string | undefined {
  for (const layer of step.layers) {
    const path = Object.hasOwn(layer.values, 'role_path') ? layer.values['role_path'] : undefined;
    if (typeof path === 'string') return path;
  }
  return undefined;
}
