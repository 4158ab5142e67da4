import { mkdtempSync, rmSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for plain texts that must not outlive the process. */
export interface PrivateFolder {
  readonly path: string;
  /** Removes the folder with all in it. */
  remove(): void;
}

/**
 * Makes a folder of mode 0700, in memory where the system offers that: `$XDG_RUNTIME_DIR`, then `/dev/shm`, then the
 * folder of temporary files. It is removed at the latest when the process ends, by `process.exit` and signals too.
 */
export async function makePrivateFolder(env: NodeJS.ProcessEnv): Promise<PrivateFolder> {
  const path = mkdtempSync(join(await firstWritable([env['XDG_RUNTIME_DIR'], '/dev/shm']), 'runbook-'));
  const remove = () => {
    rmSync(path, { recursive: true, force: true });
    process.off('exit', remove);
    for (const signal of fatal) process.off(signal, end);
  };
  const end = (signal: NodeJS.Signals) => {
    remove();
    process.kill(process.pid, signal);
  };
  process.on('exit', remove);
  for (const signal of fatal) process.on(signal, end);
  return { path, remove };
}

const fatal = ['SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

async function firstWritable(folders: readonly (string | undefined)[]): Promise<string> {
  for (const folder of folders) {
    if (folder === undefined || folder === '') continue;
    try {
      await access(folder, constants.W_OK | constants.X_OK);
      return folder;
    } catch {
      // The next one may do.
    }
  }
  return tmpdir();
}
