import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleetAvailable } from '../support/fleet.ts';
import { type FleetProject, startFleetProject } from '../support/fleet-project.ts';

const hosts = 20;
let project: FleetProject;

/** The names that head the blocks of a report, as written. */
const heads = (stdout: string) =>
  stdout
    .split('\n')
    .filter((line) => /^\S.*(ok|FAILED|UNREACHABLE)/.test(line) && !/^\d+ \w+(,|$)/.test(line));

describe.skipIf(fleetAvailable() !== undefined)('runbook exec', () => {
  beforeAll(async () => {
    project = await startFleetProject({ count: hosts, separateUsers: true });
    const { fleet } = project;
    const section = (name: string, index: number) =>
      `[${name}]\nip = ${fleet.hosts[index]?.address}\nport = ${fleet.hosts[index]?.port}\nuser = ${fleet.hosts[index]?.user}\npasswd =\n`;
    await project.write(
      'seed/config.cfg',
      `${section('h1', 0)}\n${section('h2', 1)}\n${section('h3', 2)}\n[web]\nh1 = h1\nh2 = h2\n\n[db]\nh2 = h2\nh3 = h3\n`,
    );
    await project.write(
      'inventory.ini',
      `[web]\nh1 ansible_host=${fleet.hosts[0]?.address} ansible_port=${fleet.hosts[0]?.port} ansible_user=${fleet.hosts[0]?.user}\n[all:vars]\nansible_ssh_private_key_file=${fleet.identityFile}\n`,
    );
  });
  afterAll(() => project?.fleet.stop());

  it('reads config.cfg of the current folder; hosts and groups are a union without duplicates', async () => {
    const key = ['--private-key', project.fleet.identityFile];
    const result = await project.run(
      ['exec', '-H', 'h2', '-g', 'web', '-g', 'db', '--cmd', 'id -un', ...key],
      {
        cwd: `${project.folder}/seed`,
      },
    );
    expect(result.code, result.stdout + result.stderr).toBe(0);
    for (const { user } of project.fleet.hosts.slice(0, 3))
      expect(result.stdout.split('\n').filter((line) => line.trim() === user)).toHaveLength(1);
    expect(result.stdout).toContain('3 ok');
  });

  it('takes a pattern and a command, words apart, or a script, or a module', async () => {
    const [words, script, module, ini] = await Promise.all([
      project.run(['exec', 'h1', '--', 'printf', '<%s>', 'a b', '$HOME', "it's"]),
      project.run(['exec', 'h1:h2', '--', 'echo $((6*7)) | tr 4 5; exit 3']),
      project.run(['exec', 'h3', '-m', 'copy', '-a', 'content=hello dest=greeting mode=0600']),
      project.run(['exec', 'web', '-i', 'inventory.ini', '--cmd', 'echo from ini']),
    ]);
    expect(words).toMatchObject({ code: 0, stderr: '' });
    expect(words.stdout).toContain("<a b><$HOME><it's>");
    expect(script.code).toBe(2);
    expect(script.stdout).toMatch(
      /(h[12]) {2}FAILED\n(?:.*\n)* {2}52\nh[12] {2}FAILED\n {2}the same as \1\n2 failed\n/,
    );
    expect(module.code, module.stdout).toBe(0);
    expect(ini.stdout).toContain('from ini');
  });

  it('does not evaluate braces in a command', async () => {
    const result = await project.run(['exec', 'h1', '--cmd', 'echo "{{ 7*7 }} {% if %}"']);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toContain('{{ 7*7 }} {% if %}');
  });

  it('names a host that cannot be reached, with the reason, while others go on', async () => {
    await project.write('closed.yml', 'hosts: {closed: {address: 127.0.0.1, port: 1}}\n');
    const result = await project.run([
      'exec',
      '-i',
      'inventory.yml',
      '-i',
      'closed.yml',
      'h1,closed',
      '--',
      'echo up',
    ]);
    expect(result.code).toBe(4);
    expect(result.stdout).toMatch(/closed {2}UNREACHABLE\n.*refused/);
    expect(result.stdout).toMatch(/h1 {2}ok\n {2}up/);
  });

  it.each([
    ['an unknown host', ['-H', 'h21', '--cmd', 'id'], 65, /h21.*did you mean/s],
    ['an unknown group', ['-g', 'al', '--cmd', 'id'], 65, /al.*did you mean "all"/s],
    ['a pattern of an unknown host', ['hh1', '--', 'id'], 65, /hh1.*did you mean "h1"/s],
    ['a missing command', ['h1'], 64, /no command given/],
    ['a missing target', ['--cmd', 'id'], 64, /no host given/],
    ['two commands', ['h1', '--cmd', 'id', '--', 'id'], 64, /one of/],
    ['an unknown module', ['h1', '-m', 'copi', '-a', 'x=y'], 65, /copi.*did you mean "copy"/s],
    ['a wrong parameter', ['h1', '-m', 'copy', '-a', 'dst=x content=y'], 65, /dst.*did you mean "dest"/s],
    ['an unknown flag', ['h1', '--cmmd', 'id'], 64, /--cmmd/],
  ])('refuses %s', async (_, args, code, message) => {
    const result = await project.run(['exec', ...args]);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/\n\s+at .*:\d+:\d+/);
  });

  it('never mixes the output of hosts', async () => {
    const script = 'for i in $(seq 30); do echo "$USER line $i"; sleep 0.01; done';
    const result = await project.run(['exec', 'all', '-vv', '--', script]);
    expect(result.code).toBe(0);
    const lines = result.stdout.split('\n');
    for (const { name, user } of project.fleet.hosts) {
      const at = lines.findIndex((line) => line.startsWith(`${name} `));
      expect(lines.slice(at + 1, at + 31)).toEqual(
        Array.from({ length: 30 }, (_, index) => `  ${user} line ${index + 1}`),
      );
    }
    expect(heads(result.stdout)).toHaveLength(hosts);
  });
});
