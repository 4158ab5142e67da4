import type { StepAction } from '../model/playbook.ts';

/** Whether a step reads the inventory again: `meta: refresh_inventory`. */
export function refreshesInventory(action: StepAction): boolean {
  if (action.type !== 'module' || action.module !== 'meta') return false;
  return Object.values(action.params).includes('refresh_inventory');
}
