import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunRecord } from '../model/run-record.ts';
import { readRuns } from './run-list.ts';

/** Folders of ended runs beyond this number are removed, oldest first. */
const keptRuns = 50;

/** The folder in which a project keeps its runs. */
export function runsFolder(projectDir: string): string {
  return join(projectDir, '.runbook', 'runs');
}

/**
 * Makes the folder of a run, for its owner only, and removes those of old runs; runs under way are never removed. The
 * `.runbook` folder tells git to ignore it.
 *
 * @throws the system's error where it cannot be made, or is there already.
 */
export async function makeRunFolder(projectDir: string, runId: string): Promise<string> {
  const runs = runsFolder(projectDir);
  await mkdir(runs, { recursive: true, mode: 0o700 });
  await ignoreInGit(join(projectDir, '.runbook'));
  const folder = join(runs, runId);
  await mkdir(folder, { mode: 0o700 });
  await removeOldRuns(runs, runId);
  return folder;
}

/** Writes a run's record: whole or not at all. */
export async function writeRunRecord(folder: string, record: RunRecord): Promise<void> {
  const temporary = join(folder, `run.json.${process.pid}`);
  await writeFile(temporary, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  await rename(temporary, join(folder, 'run.json'));
}

async function ignoreInGit(folder: string): Promise<void> {
  const file = join(folder, '.gitignore');
  try {
    await writeFile(file, '*\n', { flag: 'wx', mode: 0o644 });
  } catch (error) {
    // Another run made it first, or its owner wrote one.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await readFile(file);
  }
}

async function removeOldRuns(runs: string, ownId: string): Promise<void> {
  const found = await readRuns(runs);
  const old = found.filter((run) => run.state !== 'running' && run.record.runId !== ownId);
  for (const { folder } of old.slice(keptRuns - 1)) await rm(folder, { recursive: true, force: true });
}
