import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ControllerFiles } from '../model/module.ts';
import { baseDirectories, findSource } from './file-search.ts';
import { type ReadPlain, readUndecrypted } from './plain-file.ts';

/**
 * The controller's files over the file system. Sources are searched as Ansible does: an absolute path as written, else
 * `files/` (or `templates/`, `tasks/`) beside the playbook, then the playbook's own directory.
 *
 * @param projectDir The playbook's directory, absolute.
 * @param folders Further base directories of the step, those of its role and file, searched first; absolute.
 * @param readPlain Reads a file and decrypts it. Default: encrypted files are refused.
 */
export function createControllerFiles(
  projectDir: string,
  folders: readonly string[] = [],
  readPlain: ReadPlain = readUndecrypted,
): ControllerFiles {
  const bases = baseDirectories(projectDir, folders);
  return {
    projectDir,
    // Inside `async`, so that a refusal is a rejection.
    find: async (path, folder) => findSource(path, folder, bases, projectDir),
    read: (path) => readFile(path),
    readPlain: async (path) => readPlain(path, await readFile(path)),
    stat: async (path) => {
      try {
        const found = await stat(path);
        return {
          isDirectory: found.isDirectory(),
          mode: found.mode & 0o7777,
          size: found.size,
          uid: found.uid,
          modifiedAtMs: found.mtimeMs,
        };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    list: async (path) => (await readdir(path)).sort(),
    write: writeAtomically,
  };
}

/** Writes beside the target under a random name and renames, so that no reader ever sees half a file. */
async function writeAtomically(path: string, content: Buffer): Promise<void> {
  const dir = dirname(path);
  await mkdir(dir, { recursive: true });
  const temporary = join(dir, `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.chmod((await existingMode(path)) ?? 0o644 & ~process.umask());
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function existingMode(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode & 0o7777;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
