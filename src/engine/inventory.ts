import { inventorySources } from '../load/find-inventory.ts';
import { loadInventory } from '../load/inventory.ts';
import { type Diagnostic, throwErrors, warningDiagnostic } from '../model/diagnostic.ts';
import type { Inventory } from '../model/inventory.ts';
import type { ProjectRequest, ProjectSettings } from '../model/project.ts';
import { decryptBy } from './vault.ts';

/**
 * Reads the inventory that a request, `RUNBOOK_INVENTORY` or the settings name, else the one that lies beside the
 * playbook. Everything that is wrong is told in `found`.
 */
export async function readInventory(
  request: ProjectRequest,
  settings: ProjectSettings,
  folder: string,
  found: Diagnostic[],
): Promise<Inventory> {
  const { cwd, env } = request;
  const { sources, chosen } = inventorySources(
    folder,
    request.inventory,
    env['RUNBOOK_INVENTORY'],
    settings.inventory,
  );
  if (sources.length === 0) {
    found.push(
      warningDiagnostic('RB126', 'only localhost is known', {
        hint: 'name one with -i, or put inventory.yml beside the playbook',
      }),
    );
  }
  const loaded = await loadInventory(sources, {
    cwd,
    home: env['HOME'] ?? '/',
    runPrograms: chosen,
    projectDir: folder,
    decrypt: decryptBy(request.vault),
  });
  found.push(...loaded.diagnostics);
  return loaded.inventory;
}

/** Reads the inventory of a run again. @throws RunbookError with every problem found */
export async function readInventoryAgain(
  { request, settings }: { readonly request: ProjectRequest; readonly settings: ProjectSettings },
  folder: string,
): Promise<Inventory> {
  const found: Diagnostic[] = [];
  const inventory = await readInventory(request, settings, folder, found);
  throwErrors(found);
  return inventory;
}
