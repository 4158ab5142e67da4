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
  const { inside, outside, root } = splitCandidates(path, folder, baseDirs, projectDir);
  if (inside.length > 0) return [...inside];
  throw leadsOut(path, outside[0] ?? path, root);
}

interface Candidates {
  readonly inside: readonly string[];
  /** Those that `..` leads to, out of the project. */
  readonly outside: readonly string[];
  readonly root: string;
}

function splitCandidates(
  path: string,
  folder: SourceFolder,
  baseDirs: readonly string[],
  projectDir: string,
): Candidates {
  const root = projectRootOf(projectDir);
  if (path.startsWith('~/'))
    return { inside: [join(process.env['HOME'] ?? '/', path.slice(2))], outside: [], root };
  if (isAbsolute(path)) return { inside: [normalize(path)], outside: [], root };
  const all = new Set(baseDirs.flatMap((base) => [resolve(base, folder, path), resolve(base, path)]));
  const isInside = (candidate: string) => liesIn(candidate, root, baseDirs);
  const candidates = [...all];
  return {
    inside: candidates.filter(isInside),
    outside: candidates.filter((candidate) => !isInside(candidate)),
    root,
  };
}

function leadsOut(path: string, place: string, root: string): Error {
  const message = `the path ${JSON.stringify(path)} leads to ${place}, out of the project ${root}`;
  const hint = 'Write an absolute path to use a file from outside the project.';
  return failure('RB112', message, { hint });
}

/**
 * The first candidate that exists.
 *
 * @throws RunbookError RB101 that lists where it was looked for; RB112 as `sourceCandidates`, and where the file is
 * there, but out of the project.
 */
export function findSource(
  path: string,
  folder: SourceFolder,
  baseDirs: readonly string[],
  projectDir: string,
): string {
  const { inside, outside, root } = splitCandidates(path, folder, baseDirs, projectDir);
  const found = inside.find((candidate) => existsSync(candidate));
  if (found !== undefined) return found;
  // What the author means is what is there, even where it may not be used.
  const meant = outside.find((candidate) => existsSync(candidate));
  if (inside.length === 0 || meant !== undefined) throw leadsOut(path, meant ?? outside[0] ?? path, root);
  const refused = outside.length === 0 ? '' : ` Not looked for out of the project: ${outside.join(', ')}.`;
  throw failure('RB101', `no file ${JSON.stringify(path)} was found`, {
    hint: `Looked for ${inside.join(', ')}.${refused}`,
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
