import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { shellWrite } from '../../src/modules/shared/shell-write.ts';

const run = promisify(execFile);

describe('directories', () => {
  it('with missing parents are made by one process, all with the mode that is asked for', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'directory-race-'));
    try {
      const counted = `mkdir() { echo "$#" >>"$0.log"; command mkdir "$@"; }`;
      const script = `${shellWrite}\n${counted}\numask 027; rb_dirs 0751 '' "$1"`;
      await run('/bin/sh', ['-c', script, join(folder, 'sh'), join(folder, 'a', 'b', 'c')]);

      expect(await readFile(join(folder, 'sh.log'), 'utf8')).toBe('6\n');
      for (const name of ['a', 'a/b', 'a/b/c'])
        expect((await stat(join(folder, name))).mode & 0o7777, name).toBe(0o751);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('that cannot be made say why at the first one that is to blame', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'directory-race-'));
    try {
      await writeFile(join(folder, 'f'), '');
      const made = run('/bin/sh', [
        '-c',
        `${shellWrite}\nrb_dirs 0750 '' "$1"`,
        'sh',
        join(folder, 'f', 'b', 'c'),
      ]);

      await expect(made).rejects.toMatchObject({ stderr: expect.stringMatching(/^[^\n]*File exists\n$/) });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

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
