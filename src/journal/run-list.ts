import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundRun, RunRecord } from '../model/run-record.ts';
import { isAlive } from './process-identity.ts';

/** All runs of a folder, the newest first. Folders without a readable record are left out. */
export async function readRuns(runsFolder: string): Promise<readonly FoundRun[]> {
  const found: FoundRun[] = [];
  for (const name of await namesIn(runsFolder)) {
    const folder = join(runsFolder, name);
    const record = await readRecord(folder);
    if (record === undefined) continue;
    const state = record.state === 'ended' ? 'ended' : isAlive(record.process) ? 'running' : 'died';
    found.push({ record, folder, state });
  }
  return found.sort((a, b) => compareText(b.record.startedAt, a.record.startedAt));
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

async function readRecord(folder: string): Promise<RunRecord | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is RunRecord {
  if (typeof value !== 'object' || value === null || !('process' in value) || !('state' in value))
    return false;
  const { process: owner } = value;
  const hasOwner =
    typeof owner === 'object' && owner !== null && 'pid' in owner && Number.isInteger(owner.pid);
  const isText = (key: string) => typeof Reflect.get(value, key) === 'string';
  return hasOwner && ['runId', 'playbook', 'startedAt', 'state'].every(isText);
}
