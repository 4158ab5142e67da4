import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize, relative, resolve, sep } from 'node:path';
import { projectRootOf } from '../lib/project-root.ts';
import { failure } from '../model/diagnostic.ts';

/** The folder of a playbook in which a kind of source file is looked for first. */
export type SourceFolder = 'files' | 'templates' | 'tasks' | 'vars';

/**
 * Every place where a source file may lie, in the order of search: as written when absolute, else for each base
 * directory its folder of that kind, then the directory itself.
 *
 * @throws RunbookError RB112 when a relative path leaves the project through `..`.
 */
export function sourceCandidates(
  path: string,
  folder: SourceFolder,
  baseDirs: readonly string[],
  projectDir: string,
): string[] {
  if (path.startsWith('~/')) return [join(process.env['HOME'] ?? '/', path.slice(2))];
  if (isAbsolute(path)) return [normalize(path)];
  const candidates: string[] = [];
  for (const base of baseDirs) {
    for (const candidate of [resolve(base, folder, path), resolve(base, path)])
      if (!candidates.includes(candidate)) candidates.push(candidate);
  }
  const root = projectRootOf(projectDir);
  const inside = candidates.filter((candidate) => liesIn(candidate, root, baseDirs));
  if (inside.length > 0) return inside;
  throw failure('RB112', `the path ${JSON.stringify(path)} leads out of the project ${root}`, {
    hint: 'Write an absolute path to use a file from outside the project.',
  });
}

/**
 * The first candidate that exists.
 *
 * @throws RunbookError RB101 that lists where it was looked for; RB112 as `sourceCandidates`.
 */
export function findSource(
  path: string,
  folder: SourceFolder,
  baseDirs: readonly string[],
  projectDir: string,
): string {
  const candidates = sourceCandidates(path, folder, baseDirs, projectDir);
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found !== undefined) return found;
  throw failure('RB101', `no file ${JSON.stringify(path)} was found`, {
    hint: `Looked for ${candidates.join(', ')}.`,
  });
}

function liesIn(path: string, projectDir: string, baseDirs: readonly string[]): boolean {
  return [projectDir, ...baseDirs].some((dir) => isBelow(path, dir));
}

function isBelow(path: string, dir: string): boolean {
  const way = relative(dir, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The base directories of a step's sources: those of its role and file, where it has some, before the playbook's. */
export function baseDirectories(projectDir: string, folders: readonly string[]): string[] {
  return [...new Set([...folders, projectDir])];
}

/** The directory of a playbook file, absolute. */
export function projectDirectory(playbookFile: string): string {
  return dirname(resolve(playbookFile));
}

/** The text of a source of the controller, searched as modules do; undefined where it cannot be read now. */
export function readSourceIfAny(
  path: string,
  folder: SourceFolder,
  projectDir: string,
  folders: readonly string[],
): string | undefined {
  try {
    return readFileSync(findSource(path, folder, baseDirectories(projectDir, folders), projectDir), 'utf8');
  } catch {
    // It may be made by the run itself; the step that needs it says so then.
    return undefined;
  }
}
