import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

let cwd: string;
const steps = [
  '{command: cp new.ini hosts.ini, run_once: true}',
  '{meta: refresh_inventory}',
  '{debug: {msg: "{{ groups.all | sort | join(\' \') }}"}}',
];

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'refresh-'));
  const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);
  write('old.ini', '[all]\none\ntwo size=1\n[all:vars]\nansible_connection=local\n');
  write('new.ini', '[all]\ntwo size=2\nthree size=3\n[all:vars]\nansible_connection=local\n');
  write('broken.ini', '[all\n');
  write(
    'list.yml',
    [
      '- hosts: all',
      '  gather_facts: no',
      '  tasks:',
      ...steps.map((step) => `    - ${step}`),
      '- {hosts: all, gather_facts: no, tasks: [debug: {msg: "{{ inventory_hostname }} is {{ size }}"}]}',
      '',
    ].join('\n'),
  );
  write(
    'native.yml',
    [
      'plays:',
      '  - hosts: all',
      '    steps:',
      ...steps.map((step) => `      - ${step}`),
      '  - {hosts: all, steps: [debug: {msg: "{{ inventory_hostname }} is {{ size }}"}]}',
      '',
    ].join('\n'),
  );
  write(
    'wrong.yml',
    '- hosts: two\n  gather_facts: no\n  tasks:\n    - {command: cp broken.ini hosts.ini}\n    - meta: refresh_inventory\n',
  );
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function run(...args: readonly string[]) {
  writeFileSync(join(cwd, 'hosts.ini'), '[all]\none\ntwo size=1\n[all:vars]\nansible_connection=local\n');
  return runCli([...args, '-i', 'hosts.ini'], { cwd });
}

describe('meta: refresh_inventory', () => {
  it('gives the plays behind it the hosts and variables that are there then', async () => {
    const { code, stdout } = await run('ansible-playbook', 'list.yml');
    expect(code, stdout).toBe(0);
    expect(stdout).toContain('"msg": "three two"');
    const behind = stdout.split('PLAY [all]')[2];
    expect(behind).toMatch(/"msg": "two is 2"[\s\S]*"msg": "three is 3"/);
    expect(behind).not.toContain('[one]');
  });

  it('does so in a native playbook', async () => {
    const { code, stdout } = await run('apply', 'native.yml');
    expect(code, stdout).toBe(0);
    expect(stdout).toContain('two is 2');
    expect(stdout).toContain('three is 3');
    expect(stdout).not.toContain('one is');
  });

  it('fails its step where the inventory is wrong by then', async () => {
    const { code, stdout } = await run('ansible-playbook', 'wrong.yml');
    expect(code).toBe(2);
    expect(stdout).toMatch(/fatal: \[two\]: FAILED!/);
  });
});
