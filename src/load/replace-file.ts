import { randomBytes } from 'node:crypto';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a file so that nobody ever sees half of it, and the old content stays when anything fails: beside it, synced,
 * then renamed. Mode and owner stay; links are followed; a new file gets `mode`, default 0600.
 */
export async function replaceFile(path: string, content: string | Buffer, mode = 0o600): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const before = await stat(target).catch(() => undefined);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      if (before !== undefined) await keepOwner(file, before);
      await file.chmod((before?.mode ?? mode) & 0o7777);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function keepOwner(
  file: FileHandle,
  before: { readonly uid: number; readonly gid: number },
): Promise<void> {
  const own = await file.stat();
  if (own.uid !== before.uid || own.gid !== before.gid) await file.chown(before.uid, before.gid);
}
