import type { FileState } from './file-state.ts';

/** Why a regular file cannot be read; undefined when it can. */
export function readObstacle(state: FileState): string | undefined {
  const { path, stat, got, parent } = state;
  if (isMissing(state)) return `cannot read ${path}: it does not exist`;
  if (stat === undefined || got === 'unreadable')
    return `cannot read ${path}: ${parent === 'other' ? 'a part of its path is not a directory' : 'Permission denied'}`;
  if (stat.type !== 'file') return `cannot read ${path}: it is a ${stat.type}, not a file`;
  return got === 'tool' ? `cannot read ${path}: the host has no tool for its checksum` : undefined;
}

/** Whether nothing is at the path, as far as the user may know. */
export function isMissing({ stat, parent }: FileState): boolean {
  return stat === undefined && (parent === 'directory' || parent === 'missing');
}
