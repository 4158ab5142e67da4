import { type GraphFormat, renderGraph } from './compile/render-graph.ts';
import type { DemoFleet } from './demo/fleet.ts';
import type { Plan } from './model/plan.ts';

export { moduleCatalogue } from './engine/catalogue.ts';
export { importFile } from './engine/import.ts';
export { clearLocks, type Lock, listLocks } from './engine/locks.ts';
export { prepare, prepareExec, prepareInventory } from './engine/prepare.ts';
export { run } from './engine/run.ts';
export {
  type AskPassword,
  newVaultKey,
  openVault,
  type PasswordVault,
  replaceFile,
  type Seal,
  sealer,
  unseal,
  type VaultFormat,
  type VaultSecret,
} from './engine/vault.ts';
export { askRun } from './journal/ask-run.ts';
export { chooseRun, findRuns } from './journal/project-runs.ts';
export type {
  ExecRequest,
  Prepared,
  Project,
  ProjectRequest,
  RunRequest,
  RunResult,
} from './model/project.ts';

/** The graph of a plan as text. */
export function graphText(plan: Plan, format: GraphFormat): string {
  return renderGraph(plan, format);
}

/** Starts the embedded fleet of `runbook demo`. */
export async function startDemo(webHosts: number): Promise<DemoFleet> {
  const { startDemoFleet } = await import('./demo/fleet.ts');
  return startDemoFleet({ webHosts });
}
