import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { shellWrite } from '../../src/modules/shared/shell-write.ts';

const run = promisify(execFile);

describe('directories', () => {
  it('that someone else makes at the same moment are there, and no failure', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'directory-race-'));
    try {
      // `mkdir` is beaten by another process, every time.
      const beaten = 'mkdir() { command mkdir "$@"; command mkdir "$@"; }';
      await run('/bin/sh', [
        '-c',
        `${shellWrite}\n${beaten}\nrb_dirs 0750 '' "$1"`,
        'sh',
        join(folder, 'a', 'b'),
      ]);
      const { mode } = await stat(join(folder, 'a', 'b'));
      expect(mode & 0o7777).toBe(0o750);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
