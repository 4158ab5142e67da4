import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inject } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The program as users install it: bundled, in a folder of its own without `node_modules`. It is built once for each test
 * run, by whichever suite comes first.
 *
 * @returns the folder that holds `bin/runbook.js`.
 */
export async function builtProgram(): Promise<string> {
  const folder = inject('buildFolder');
  const done = join(folder, 'built');
  const failed = join(folder, 'failed');
  if (await isFirst(join(folder, 'building'))) {
    try {
      await build(folder);
    } catch (error) {
      await writeFile(failed, String(error));
      throw error;
    }
    await writeFile(done, '');
  }
  const deadline = performance.now() + 120_000;
  while (!existsSync(done)) {
    if (existsSync(failed)) throw new Error('the program could not be built; another suite tells why');
    if (performance.now() > deadline) throw new Error('the program was not built within two minutes');
    await delay(50);
  }
  return folder;
}

/** Making a folder succeeds for one caller only. */
async function isFirst(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch {
    return false;
  }
}

async function build(folder: string): Promise<void> {
  await run(process.execPath, [join(root, 'test/tools/build.mjs'), join(folder, 'dist')], { cwd: root });
  for (const name of ['bin', 'schemas', 'playbooks', 'package.json'])
    await cp(join(root, name), join(folder, name), { recursive: true, filter: isOfTheProject });
  await chmod(folder, 0o755);
}

/** Runs leave folders of theirs beside playbooks, with sockets in them. */
function isOfTheProject(path: string): boolean {
  return basename(path) !== '.runbook';
}
