import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliResult, runCli } from '../support/run-cli.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runbook-start-'));
  await writeFile(join(folder, 'site.yml'), 'hosts: localhost\nsteps:\n  - command: echo hello\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const validate = (env: Readonly<Record<string, string>> = {}): Promise<CliResult> =>
  runCli(['validate', 'site.yml'], {
    cwd: folder,
    env: { XDG_CACHE_HOME: join(folder, 'cache'), ...env },
  });
const kept = () => readdir(join(folder, 'cache', 'runbook'));

describe('the start of the built program', () => {
  it('is the same from source, from kept code, and from damaged code', async () => {
    const fromSource = await validate();
    expect(fromSource).toMatchObject({ code: 0, stderr: '' });
    const names = await kept();
    expect(names).toEqual([expect.stringMatching(/^[0-9a-f]{12}-v\d+.*-validate-program\.js\.code$/)]);
    expect(await validate()).toEqual(fromSource);
    const path = join(folder, 'cache', 'runbook', names[0] ?? '');
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0x55, 64, bytes.length >> 1));
    expect(await validate()).toEqual(fromSource);
    expect((await readFile(path)).equals(bytes)).toBe(false);
  });

  it('loads no package that the command does not need', async () => {
    await validate();
    expect(await kept()).toHaveLength(1);
    const env = { XDG_CACHE_HOME: join(folder, 'cache') };
    const exec = await runCli(['exec', 'localhost', '--cmd', 'true'], { cwd: folder, env });
    expect(exec.code).toBe(0);
    const scripts = (await kept()).flatMap((name) => /-exec-(.*)\.js\.code$/.exec(name)?.[1] ?? []);
    expect(scripts).toContain('program');
    expect(scripts).not.toContain('ajv');
    expect(scripts).not.toContain('listr2');
  });

  it('keeps nothing where it is switched off, and of a command that failed', async () => {
    await validate({ RUNBOOK_NO_CODE_CACHE: '1' });
    await writeFile(join(folder, 'site.yml'), 'hosts: [\n');
    expect((await validate()).code).toBe(65);
    await expect(kept()).resolves.toEqual([]);
  });

  it('works where the cache cannot be written', async () => {
    await mkdir(join(folder, 'cache'));
    await writeFile(join(folder, 'cache', 'runbook'), 'a file');
    expect(await validate()).toMatchObject({ code: 0, stderr: '' });
  });
});
