import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder of this test run in which the program is built when a suite first needs it. */
    readonly buildFolder: string;
  }
}

/** Makes the folder of the built program, and takes it away after the last test. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // The processes of the suites inherit it: modes of files are the same in whatever shell the tests are started.
  process.umask(0o022);
  const folder = await mkdtemp(join(tmpdir(), 'runbook-build-'));
  project.provide('buildFolder', folder);
  return () => rm(folder, { recursive: true, force: true });
}
