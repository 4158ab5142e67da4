import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepsCode, openCodeStore } from '../../src/cli/code-store.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'runbook-code-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const cache = () => join(home, '.cache', 'runbook');

function open(env: NodeJS.ProcessEnv = {}, command = 'validate', build = 'b1') {
  return openCodeStore({ build, command, env: { HOME: home, ...env } });
}

const code = Buffer.from('compiled');

async function onlyEntry(): Promise<string> {
  const names = await readdir(cache());
  expect(names).toHaveLength(1);
  return join(cache(), names[0] ?? '');
}

describe('the store of compiled code', () => {
  it('gives back what was kept, in a folder and a file of this user alone', async () => {
    const store = open();
    expect(store?.read('./program.js')).toBeUndefined();
    store?.write('./program.js', { runs: 2, code });
    expect(open()?.read('./program.js')).toEqual({ runs: 2, code });
    expect((await stat(cache())).mode & 0o777).toBe(0o700);
    expect((await stat(await onlyEntry())).mode & 0o777).toBe(0o600);
  });

  it('keeps builds, commands, scripts and flags of Node apart', () => {
    open()?.write('./program.js', { runs: 1, code });
    expect(open({}, 'apply')?.read('./program.js')).toBeUndefined();
    expect(open({}, 'validate', 'b2')?.read('./program.js')).toBeUndefined();
    expect(open({ NODE_OPTIONS: '--no-lazy' })?.read('./program.js')).toBeUndefined();
    expect(open()?.read('./ssh2.js')).toBeUndefined();
  });

  it('prefers an absolute XDG_CACHE_HOME, and ignores a relative one', async () => {
    const other = join(home, 'other');
    open({ XDG_CACHE_HOME: other })?.write('./program.js', { runs: 1, code });
    expect(await readdir(join(other, 'runbook'))).toHaveLength(1);
    open({ XDG_CACHE_HOME: 'relative' })?.write('./program.js', { runs: 1, code });
    expect(await readdir(cache())).toHaveLength(1);
  });

  it('is off where it is switched off, and for what is no command', () => {
    expect(open({ RUNBOOK_NO_CODE_CACHE: '1' })).toBeUndefined();
    expect(open({ NODE_DISABLE_COMPILE_CACHE: '1' })).toBeUndefined();
    expect(open({}, '../../evil')).toBeUndefined();
  });

  it('is off without a home, with one that does not exist, and where nothing can be made', async () => {
    expect(open({ HOME: undefined })).toBeUndefined();
    expect(open({ HOME: join(home, 'absent') })).toBeUndefined();
    await writeFile(join(home, '.cache'), 'a file');
    expect(open()).toBeUndefined();
  });

  it('uses no folder that others may write to, nor one that is a link', async () => {
    await mkdir(cache(), { recursive: true });
    await chmod(cache(), 0o770);
    expect(open()).toBeUndefined();
    await chmod(cache(), 0o700);
    expect(open()).toBeDefined();
    await chmod(join(home, '.cache'), 0o1777);
    expect(open()).toBeUndefined();
    await chmod(join(home, '.cache'), 0o700);
    await rm(cache(), { recursive: true });
    await mkdir(join(home, 'elsewhere'), { mode: 0o700 });
    await symlink(join(home, 'elsewhere'), cache());
    expect(open()).toBeUndefined();
  });

  it('reads no file that others may write to, and none through a link', async () => {
    const store = open();
    store?.write('./program.js', { runs: 1, code });
    const path = await onlyEntry();
    await chmod(path, 0o620);
    expect(store?.read('./program.js')).toBeUndefined();
    await chmod(path, 0o600);
    expect(store?.read('./program.js')).toBeDefined();
    const bytes = await readFile(path);
    await rm(path);
    await writeFile(join(home, 'entry'), bytes, { mode: 0o600 });
    await symlink(join(home, 'entry'), path);
    expect(store?.read('./program.js')).toBeUndefined();
  });

  it('reads no file that was not written to its end, or is damaged', async () => {
    const store = open();
    store?.write('./program.js', { runs: 1, code });
    const path = await onlyEntry();
    const bytes = await readFile(path);
    for (const part of [
      bytes.subarray(0, -1),
      bytes.subarray(0, 4),
      Buffer.from(bytes).fill(0, 2, 4),
      Buffer.alloc(0),
      Buffer.alloc(bytes.length),
    ]) {
      await writeFile(path, part);
      expect(store?.read('./program.js')).toBeUndefined();
    }
  });

  it('leaves no file behind when it cannot write, and does not throw', async () => {
    const store = open();
    await rm(cache(), { recursive: true });
    store?.write('./program.js', { runs: 1, code });
    expect(store?.read('./program.js')).toBeUndefined();
    await mkdir(cache(), { mode: 0o700 });
    store?.write('./program.js', { runs: 1, code });
    expect(await readdir(cache())).toHaveLength(1);
  });

  it('removes the oldest entries, such as those of former versions', async () => {
    for (let build = 0; build < 60; build++) {
      open({}, 'validate', `b${build}`)?.write('./program.js', { runs: 1, code });
      const name = (await readdir(cache())).find((one) => one.startsWith(`b${build}-`)) ?? '';
      await utimes(join(cache(), name), 1_000 + build, 1_000 + build);
    }
    open({}, 'validate', 'latest')?.write('./program.js', { runs: 1, code });
    expect((await readdir(cache())).length).toBeLessThanOrEqual(48);
    expect(open({}, 'validate', 'latest')?.read('./program.js')).toBeDefined();
    expect(open({}, 'validate', 'b59')?.read('./program.js')).toBeDefined();
    expect(open({}, 'validate', 'b0')?.read('./program.js')).toBeUndefined();
  });

  it('keeps the code of commands that did their work', () => {
    expect([0, 1, 2, 3, 4, 5, 64, 65, 70, 130].filter(keepsCode)).toEqual([0, 2, 3, 4]);
  });
});
