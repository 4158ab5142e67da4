import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePlaybook } from '../bench/workload.ts';
import { pictureTree } from '../support/file-tree.ts';
import { fleetAvailable } from '../support/fleet.ts';
import { type FleetProject, startFleetProject } from '../support/fleet-project.ts';

const hosts = 20;
let project: FleetProject;
const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);
const homes = () => project.fleet.hosts.map((host) => pictureTree(project.fleet.home(host.name))).join('\n');
const recapLines = (stdout: string) => stdout.split('\n').filter((line) => / ok=\d+/.test(line));

describe.skipIf(fleetAvailable() !== undefined)('a playbook of ten steps on twenty hosts', () => {
  beforeAll(async () => {
    project = await startFleetProject({ count: hosts, separateUsers: true });
    await writePlaybook(project.folder);
  });
  afterAll(() => project?.fleet.stop());

  it('is looked at first: shows each difference, writes nothing, and says that changes are pending', async () => {
    const before = homes();
    const result = await project.run(['check', 'bench.yml', '--exit-code']);
    expect(result).toMatchObject({ code: 3, stderr: '' });
    expect(result.stdout).toContain('+welcome to h7');
    expect(result.stdout).toContain('+worker 19');
    expect(recapLines(result.stdout)).toHaveLength(hosts);
    expect(homes()).toBe(before);
    const flags = await project.run(['apply', 'bench.yml', '--check', '--diff', '--limit', 'h1']);
    expect(flags.code).toBe(0);
    expect(flags.stdout).toContain('+PORT=8080');
    expect(homes()).toBe(before);
  });

  it('makes the files of each host, changes nothing the second time, and then has nothing pending', async () => {
    const first = await project.run(['apply', 'bench.yml']);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(recapLines(first.stdout)).toHaveLength(hosts);
    for (const line of recapLines(first.stdout)) expect(line).toMatch(/ok=10 .*changed=9 .*failed=0/);
    for (const { name } of project.fleet.hosts) expectFiles(name);

    const after = homes();
    const second = await project.run(['apply', 'bench.yml']);
    expect(second.code).toBe(0);
    for (const line of recapLines(second.stdout)) expect(line).toMatch(/ok=10 .*changed=0 /);
    expect(second.stdout).toContain('nothing changed');
    const check = await project.run(['check', 'bench.yml', '--exit-code']);
    expect(check.code).toBe(0);
    expect(homes()).toBe(after);
  });
});

function expectFiles(host: string): void {
  const app = join(project.fleet.home(host), 'app');
  const text = (name: string) => readFileSync(join(app, name), 'utf8');
  expect(text('motd')).toBe(`welcome to ${host}\n`);
  expect(text('shared/env')).toBe(`HOST=${host}\n`);
  expect(text('shared/settings')).toBe('PORT=8080\n');
  expect(text('shared/app.conf')).toMatch(new RegExp(`^name ${host}\nversion 1\\.4\\.2\n`));
  expect(text('VERSION')).toBe('1.4.2');
  expect(readlinkSync(join(app, 'current'))).toBe('releases/1.4.2');
  const modes = ['releases/1.4.2', 'shared', 'motd', 'shared/app.conf', 'shared/env', 'shared/settings'];
  expect(modes.map((name) => modeOf(join(app, name)))).toEqual(['755', '750', '644', '640', '600', '644']);
}
