/** A path of the host as one word of shell code. */
export { shellPath as remotePath } from '../../lib/shell-path.ts';

/** The directory of an absolute path. */
export function directoryOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end <= 0 ? '/' : path.slice(0, end);
}

/** The last component of a path, trailing slashes aside. */
export function baseName(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  return trimmed.slice(trimmed.lastIndexOf('/') + 1);
}
