import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram } from '../support/built-program.ts';

const run = promisify(execFile);

describe('the package', () => {
  let folder: string;
  let program: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'runbook-package-'));
    const source = await builtProgram();
    // The script that builds before packing has no work here: this is what it would have built.
    const env = { ...process.env, npm_config_cache: join(folder, 'cache'), npm_config_offline: 'true' };
    const options = { cwd: source, env };
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], options);
    const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '';
    const flags = ['--no-audit', '--no-fund', '--prefix', join(folder, 'prefix')];
    await run('npm', ['install', '-g', ...flags, join(folder, tarball)], options);
    program = join(folder, 'prefix', 'bin', 'runbook');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('installs without a network, brings no other package, and works', async () => {
    const modules = join(folder, 'prefix', 'lib', 'node_modules');
    expect((await readdir(modules)).filter((name) => !name.startsWith('.'))).toEqual(['runbook']);
    const files = await readdir(join(modules, 'runbook'));
    expect(files).toEqual(expect.arrayContaining(['bin', 'dist', 'playbooks', 'schemas']));
    expect(files).not.toContain('node_modules');
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder };
    const version = await run(program, ['--version'], { cwd: folder, env });
    expect(version.stdout).toMatch(/^runbook \d+\.\d+\.\d+\n$/);
    const schema = await run(program, ['schema', 'playbook'], { cwd: folder, env });
    expect(JSON.parse(schema.stdout)).toHaveProperty('$schema');
    const demo = await run(program, ['demo', '--hosts', '2'], { cwd: folder, env });
    expect(demo.stdout).toContain('ok: nothing changed');
  });
});
