import type { PlannedPath } from '../model/module.ts';

/**
 * The paths that check mode would have changed on each host. What a later step finds there is not what it would find
 * in an ordinary run.
 */
export interface PlannedPaths {
  /** Notes what a planned change would leave at paths of a host; a later note hides an earlier one. */
  leave(host: string, leaves: readonly PlannedPath[]): void;
  /** What earlier steps of the check would have left at an absolute path; undefined where they leave it alone. */
  at(host: string, path: string): PlannedPath | undefined;
  /** Notes the paths that a step's parameters name as its targets. */
  add(host: string, params: unknown, step: string): void;
  /** The step that would have changed a path which the parameters name, or one above it. */
  stepOf(host: string, params: unknown): string | undefined;
}

const targets = ['path', 'dest'];

/** No paths, at first. */
export function createPlannedPaths(): PlannedPaths {
  const planned = new Map<string, Map<string, string>>();
  const left = new Map<string, Map<string, PlannedPath>>();
  return {
    leave: (host, leaves) => {
      const paths = left.get(host) ?? new Map<string, PlannedPath>();
      left.set(host, paths);
      for (const leaf of leaves) {
        paths.set(leaf.path, leaf);
        if (leaf.type !== 'absent') implyParents(leaf.path, paths);
      }
    },
    at: (host, path) => left.get(host)?.get(path),
    add: (host, params, step) => {
      const paths = planned.get(host) ?? new Map<string, string>();
      planned.set(host, paths);
      for (const [name, path] of pathsIn(params))
        if (targets.includes(name) && !paths.has(path)) paths.set(path, step);
    },
    stepOf: (host, params) => {
      const paths = planned.get(host);
      if (paths === undefined) return undefined;
      for (const [, path] of pathsIn(params)) {
        const step = nearest(path, paths);
        if (step !== undefined) return step;
      }
      return undefined;
    },
  };
}

/** What exists has directories above it, made with it where there were none. */
function implyParents(path: string, paths: Map<string, PlannedPath>): void {
  for (let above = parentOf(path); above !== ''; above = parentOf(above)) {
    const known = paths.get(above);
    if (known === undefined || known.type === 'absent')
      paths.set(above, { path: above, type: 'directory', implied: true });
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function pathsIn(params: unknown): [string, string][] {
  if (typeof params !== 'object' || params === null) return [];
  return Object.entries(params)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1].startsWith('/'))
    .map(([name, path]) => [name, path.length > 1 ? path.replace(/\/+$/, '') : path]);
}

function nearest(path: string, paths: ReadonlyMap<string, string>): string | undefined {
  for (let at = path; at !== ''; at = parentOf(at)) {
    const step = paths.get(at);
    if (step !== undefined) return step;
  }
  return undefined;
}
