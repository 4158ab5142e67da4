import type { ModuleContext } from '../../model/module.ts';
import { diffLimitBytes } from './file-diff.ts';
import { digest } from './put-file.ts';
import { readSource } from './read-source.ts';

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
  /** Whether its content was decrypted. */
  readonly wasEncrypted: boolean;
  /** Kept for the diff alone, where it is short. */
  readonly bytes: Buffer | undefined;
}

/** Reads a directory with all below it. Contents are hashed and let go, so that a large tree does not fill the memory. */
export async function readSourceTree(
  root: string,
  decrypt: boolean,
  context: ModuleContext,
): Promise<SourceTree> {
  const directories = [''];
  const files: SourceFile[] = [];
  // Grows while it is walked: each directory adds those in it.
  for (const directory of directories) {
    for (const entry of await context.files.list(join(root, directory))) {
      const name = join(directory, entry);
      const source = join(root, name);
      const found = await context.files.stat(source);
      if (found?.isDirectory === true) directories.push(name);
      else if (found !== undefined)
        files.push({ name, source, mode: found.mode, ...(await describeSource(source, decrypt, context)) });
    }
  }
  return { directories, files };
}

async function describeSource(source: string, decrypt: boolean, context: ModuleContext) {
  const { bytes: content, wasEncrypted } = await readSource(source, decrypt, context);
  const isShown = context.diffMode && !wasEncrypted && content.length <= diffLimitBytes;
  return {
    size: content.length,
    sha256: digest('sha256', content),
    bytes: isShown ? content : undefined,
    wasEncrypted,
  };
}

function join(directory: string, name: string): string {
  return directory === '' ? name : name === '' ? directory : `${directory}/${name}`;
}
