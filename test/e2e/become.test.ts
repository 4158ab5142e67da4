import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleetAvailable } from '../support/fleet.ts';
import { type FleetProject, outcomesOf, startFleetProject } from '../support/fleet-project.ts';

const loginPassword = 'hush-login-4471';
const why = fleetAvailable() ?? (existsSync('/usr/bin/sudo') ? undefined : 'sudo is not installed');

const playbook = `
hosts: all
gather_facts: false
become: true
steps:
  - {id: who, command: id -un, register: who}
  - {id: told, debug: {var: who.stdout}}
  - {id: file, copy: {content: "of root\\n", dest: "{{ dest }}", mode: "0600"}}
  - {id: login, command: id -un, become: false}
`;

describe.skipIf(why !== undefined)('becoming another user', () => {
  let free: FleetProject;
  let asking: FleetProject;
  beforeAll(async () => {
    free = await startFleetProject({ count: 2, separateUsers: true, sudo: 'nopasswd' });
    asking = await startFleetProject(
      { count: 2, separateUsers: true, sudo: 'password', password: loginPassword, usePam: false },
      (fleet) =>
        // No key: the login itself needs the password.
        fleet.inventoryYaml().replace(/identity_file: [^}]*/, `password: ${loginPassword}, agent: false`),
    );
  });
  afterAll(async () => {
    await free?.fleet.stop();
    await asking?.fleet.stop();
  });

  it('works where sudo asks for nothing', async () => {
    const dest = join(free.fleet.root, 'of-root');
    const result = await free.apply(playbook, ['-e', `dest=${dest}`]);
    expect(result.code).toBe(0);
    expect(result.stdout).toContain('root');
    // Both hosts are this machine: whichever comes second may find the file of the first.
    const outcomes = Object.values(outcomesOf(result.events, 'file'));
    expect(outcomes).toHaveLength(2);
    expect(outcomes).toContain('changed');
    for (const outcome of outcomes) expect(outcome).toMatch(/^(ok|changed)$/);
    expect(readFileSync(dest, 'utf8')).toBe('of root\n');
  });

  it('starts the program and the flags that the author names', async () => {
    const program = join(free.fleet.root, 'my-sudo');
    const log = join(free.fleet.root, 'my-sudo.log');
    writeFileSync(program, `#!/bin/sh\necho "$*" >>${log}\nexec sudo "$@"\n`, { mode: 0o755 });
    writeFileSync(log, '', { mode: 0o666 });
    chmodSync(log, 0o666);
    const text = `
hosts: all
gather_facts: false
become: true
steps:
  - {id: who, command: id -un, become_exe: ${program}, become_flags: -HSn -E}
  - {id: not, command: id -un, become_flags: -i, ignore_errors: true}
`;
    const result = await free.apply(text);
    expect(outcomesOf(result.events, 'who')).toEqual({ h1: 'changed', h2: 'changed' });
    expect(outcomesOf(result.events, 'not')).toEqual({ h1: 'failed', h2: 'failed' });
    expect(result.stdout).toContain('become_flags must be flags of sudo');
    expect(readFileSync(log, 'utf8')).toMatch(/^-H -E -S -p \S+ -u root \/bin\/sh -c /);
  });

  it('gives sudo the password where it asks, and shows it nowhere', async () => {
    const reports = ['junit', 'json'].flatMap((kind) => [
      '--report',
      `${kind}=${join(asking.folder, `report.${kind}`)}`,
    ]);
    const trace = join(asking.fleet.root, 'trace');
    const wrapper = existsSync('/usr/bin/strace')
      ? ['/usr/bin/strace', '-f', '-qq', '-s', '4096', '-e', 'trace=execve', '-o', trace]
      : [];
    const dest = join(asking.fleet.root, 'of-root');
    await asking.write('vars.yml', `become_password: ${loginPassword}\ndest: ${dest}\n`);
    const text = playbook.replace('become: true', 'become: true\nbecome_password: "{{ secret }}"');
    await asking.write('site.yml', text);
    await asking.write('secret.yml', `ansible_become_password: ${loginPassword}\ndest: ${dest}\n`);
    await asking.write('plain.yml', playbook);
    const words = ['apply', 'plain.yml', '-e', '@secret.yml', '-vvv', ...reports];
    const result = await asking.run(words, { wrapper });
    expect(result.code).toBe(0);
    expect(readFileSync(dest, 'utf8')).toBe('of root\n');
    const files = ['report.junit', 'report.json'].map((name) =>
      readFileSync(join(asking.folder, name), 'utf8'),
    );
    const jsonl = await asking.run([...words.slice(0, 4), '--output', 'jsonl', '-vvv']);
    expect(jsonl.code).toBe(0);
    const traced = existsSync(trace) ? readFileSync(trace, 'utf8') : '';
    for (const shown of [result.stdout, result.stderr, jsonl.stdout, jsonl.stderr, ...files, traced])
      expect(shown).not.toContain(loginPassword);
    const logs = readdirSync(asking.fleet.root).filter((name) => name.endsWith('.log'));
    for (const name of logs)
      expect(readFileSync(join(asking.fleet.root, name), 'utf8')).not.toContain(loginPassword);
  });

  it('fails at once, and says why, where the password is wrong or missing', async () => {
    const dest = join(asking.fleet.root, 'never');
    const wrong = await asking.apply(playbook, [
      '-e',
      'ansible_become_password=wrong-one-8812',
      '-e',
      `dest=${dest}`,
    ]);
    expect(wrong.code).toBe(2);
    expect(outcomesOf(wrong.events, 'who')).toEqual({ h1: 'failed', h2: 'failed' });
    expect(outcomesOf(wrong.events, 'login')).toEqual({ h1: 'cancelled', h2: 'cancelled' });
    expect(wrong.stdout).toContain('the password is wrong (RB512)');
    expect(wrong.stdout).not.toContain('wrong-one-8812');
    const missing = await asking.run(['exec', 'h1', '-b', '--', 'id']);
    expect(missing.code).toBe(2);
    expect(missing.stdout).toMatch(/password/);
    expect(missing.stdout).toMatch(/hint: .*(-K|become_password)/);
    expect(existsSync(dest)).toBe(false);
  });

  it('refuses to ask for a password where there is no terminal', async () => {
    const result = await asking.run(['exec', 'h1', '-b', '-K', '--', 'id']);
    expect(result).toMatchObject({ code: 64, stdout: '' });
    expect(result.stderr).toContain('-K needs a terminal');
  });
});
