import type { ModuleContext } from '../../model/module.ts';
import { diffLimitBytes } from './file-diff.ts';
import { digest } from './put-file.ts';

/** A directory of the controller, as it is to be on the host. Names are relative and have no `..`. */
export interface SourceTree {
  /** The directory itself is the empty name; parents stand before what is in them. */
  readonly directories: readonly string[];
  readonly files: readonly SourceFile[];
}

/** A file of such a directory. */
export interface SourceFile {
  readonly name: string;
  /** Absolute path on the controller. */
  readonly source: string;
  readonly size: number;
  readonly sha256: string;
  readonly mode: number;
  /** Kept for the diff alone, where it is short. */
  readonly bytes: Buffer | undefined;
}

/** Reads a directory with all below it. Contents are hashed and let go, so that a large tree does not fill the memory. */
export async function readSourceTree(root: string, context: ModuleContext): Promise<SourceTree> {
  const directories = [''];
  const files: SourceFile[] = [];
  // Grows while it is walked: each directory adds those in it.
  for (const directory of directories) {
    for (const entry of await context.files.list(join(root, directory))) {
      const name = join(directory, entry);
      const source = join(root, name);
      const found = await context.files.stat(source);
      if (found?.isDirectory === true) directories.push(name);
      else if (found !== undefined) files.push(await readSourceFile(name, source, found.mode, context));
    }
  }
  return { directories, files };
}

async function readSourceFile(
  name: string,
  source: string,
  mode: number,
  context: ModuleContext,
): Promise<SourceFile> {
  const content = await context.files.read(source);
  const bytes = context.diffMode && content.length <= diffLimitBytes ? content : undefined;
  return { name, source, size: content.length, sha256: digest('sha256', content), mode, bytes };
}

function join(directory: string, name: string): string {
  return directory === '' ? name : name === '' ? directory : `${directory}/${name}`;
}
