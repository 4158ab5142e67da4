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
