import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The names an inventory may have beside a playbook, the first one found counts. */
export const inventoryNames: readonly string[] = [
  'inventory.yml',
  'inventory.yaml',
  'inventory',
  'inventory.ini',
  'hosts',
  'config.cfg',
];

/** The inventory that lies in a folder under one of its usual names; undefined when there is none. */
export function findInventory(folder: string): string | undefined {
  return inventoryNames.map((name) => join(folder, name)).find((path) => existsSync(path));
}

/**
 * The inventory sources that hold: `-i`, else `RUNBOOK_INVENTORY`, else those of the settings (all of these count as
 * `chosen` by the user), else the one that lies in the folder; none where there is none.
 */
export function inventorySources(
  folder: string,
  asked: readonly string[],
  fromEnv: string | undefined,
  fromSettings: readonly string[] | undefined,
): { readonly sources: readonly string[]; readonly chosen: boolean } {
  if (asked.length > 0) return { sources: asked, chosen: true };
  if (fromEnv !== undefined && fromEnv !== '') return { sources: [fromEnv], chosen: true };
  if (fromSettings !== undefined) return { sources: fromSettings, chosen: true };
  const beside = findInventory(folder);
  return { sources: beside === undefined ? [] : [beside], chosen: false };
}
