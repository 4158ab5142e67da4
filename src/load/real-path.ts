import { realpath } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** Whether a path is a folder or lies in it. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!way.startsWith('../') && way !== '..' && !way.startsWith('/'));
}

/** The path with links followed, as far as it exists. */
export async function realOrSame(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realOrSame(parent), relative(parent, path));
  }
}
