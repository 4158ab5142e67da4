import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
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

  it('is built by packing it, from a tree that holds no build', async () => {
    const tree = join(folder, 'tree');
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const parts = [
      'package.json',
      'tsconfig.json',
      'README.md',
      'LICENSE',
      'bin',
      'src',
      'schemas',
      'playbooks',
    ];
    for (const part of [...parts, 'test/tools'])
      await cp(join(root, part), join(tree, part), {
        recursive: true,
        // Other suites run the playbooks where they lie: folders of runs come and go there, with sockets in them.
        filter: (path) => basename(path) !== '.runbook',
      });
    await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));
    const env = { ...process.env, npm_config_cache: join(folder, 'cache'), npm_config_offline: 'true' };
    const packed = await run('npm', ['pack', '--json', '--silent'], { cwd: tree, env });
    const [{ files }] = JSON.parse(packed.stdout) as [{ files: readonly { path: string }[] }];
    const paths = files.map((file) => file.path);
    expect(paths).toEqual(expect.arrayContaining(['bin/runbook.js', 'dist/runbook.cjs', 'dist/program.js']));
    expect(paths.filter((path) => /^(src|test|node_modules)\//.test(path))).toEqual([]);
    const built = await run(process.execPath, [join(tree, 'bin', 'runbook.js'), 'schema', 'inventory'], {
      env,
    });
    expect(JSON.parse(built.stdout)).toHaveProperty('$schema');
  });
});
