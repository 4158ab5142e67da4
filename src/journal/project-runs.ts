import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { didYouMean } from '../lib/suggest.ts';
import { demoFolderPrefix } from '../model/demo-folder.ts';
import { failure } from '../model/diagnostic.ts';
import type { FoundRun } from '../model/run-record.ts';
import { runsFolder } from './run-folder.ts';
import { readRuns } from './run-list.ts';

const deepest = 2;
const mostFolders = 500;

/**
 * The runs that a person who stands in a folder means, the newest first: those of the folder, of the folders above it up
 * to the root of the repository, and of those up to two levels below, hidden ones and packages left out. Last come runs of
 * demos that are under way, whose folders lie in `temporary` and are this user's own.
 */
export async function findRuns(cwd: string, temporary?: string): Promise<readonly FoundRun[]> {
  const folders = [...foldersAbove(cwd), ...(await foldersBelow(cwd))];
  const found: FoundRun[] = [];
  for (const folder of folders) found.push(...(await readRuns(runsFolder(folder))));
  found.sort((a, b) => Date.parse(b.record.startedAt) - Date.parse(a.record.startedAt));
  return temporary === undefined ? found : [...found, ...(await demoRuns(temporary))];
}

async function demoRuns(temporary: string): Promise<readonly FoundRun[]> {
  const found: FoundRun[] = [];
  for (const folder of await subfolders(temporary))
    if (basename(folder).startsWith(demoFolderPrefix) && (await isOwn(folder)))
      found.push(...(await readRuns(runsFolder(folder))));
  return found.filter(({ state }) => state === 'running');
}

/** Anybody may make a folder of that name there. */
async function isOwn(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).uid === process.getuid?.();
  } catch {
    return false;
  }
}

/**
 * The run that is named by its id, by the beginning of one, or as `latest`: the newest that is under way, else the newest.
 *
 * @throws RunbookError RB704 where none or more than one is meant.
 */
export function chooseRun(runs: readonly FoundRun[], name: string): FoundRun {
  const ids = runs.map((run) => run.record.runId);
  const hint = 'see all runs with runbook runs';
  if (runs.length === 0)
    throw failure('RB704', 'no run is known here', {
      hint: 'run this in the folder of the playbook, or above it',
    });
  const latest = runs.find((run) => run.state === 'running') ?? runs[0];
  if (name === 'latest' && latest !== undefined) return latest;
  const exact = runs.find((run) => run.record.runId === name);
  if (exact !== undefined) return exact;
  const meant = name === '' ? [] : runs.filter((run) => run.record.runId.startsWith(name));
  const [only] = meant;
  if (meant.length === 1 && only !== undefined) return only;
  if (meant.length > 1) {
    const some = meant.slice(0, 4).map((run) => run.record.runId);
    const more = meant.length > some.length ? ` and ${meant.length - some.length} more` : '';
    throw failure('RB704', `"${name}" is the beginning of ${some.join(', ')}${more}`, { hint });
  }
  throw failure('RB704', `no run is named "${name}"${didYouMean(name, [...ids, 'latest'])}`, { hint });
}

function foldersAbove(cwd: string): readonly string[] {
  const folders: string[] = [];
  for (let at = resolve(cwd); ; at = dirname(at)) {
    folders.push(at);
    if (existsSync(join(at, '.git')) || dirname(at) === at) return folders;
  }
}

async function foldersBelow(cwd: string): Promise<readonly string[]> {
  const found: string[] = [];
  let level = [resolve(cwd)];
  for (let depth = 0; depth < deepest; depth++) {
    const next: string[] = [];
    for (const folder of level) next.push(...(await subfolders(folder)));
    found.push(...next);
    if (found.length > mostFolders) break;
    level = next;
  }
  return found.slice(0, mostFolders);
}

async function subfolders(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
      .map((entry) => join(folder, entry.name));
  } catch {
    // A folder that can't be read holds no run of this user.
    return [];
  }
}
