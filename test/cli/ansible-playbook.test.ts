import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

let cwd: string;
const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ansible-playbook-'));
  write('hosts', 'web1 ansible_connection=local\nweb2 ansible_connection=local\n');
  write('ansible.cfg', '[defaults]\ninventory = hosts\nforce_handlers = true\n');
  write(
    'site.yml',
    [
      '- name: Web',
      '  hosts: all',
      '  gather_facts: no',
      '  tasks:',
      '    - {name: say, debug: {msg: "{{ word | default(1) }}"}, tags: [a, b], notify: told}',
      '    - {name: change, command: "true", notify: told}',
      '    - {name: end, fail: {msg: enough}, when: fails | default(false) | bool}',
      '  handlers:',
      '    - {name: told, debug: {msg: told}}',
      '',
    ].join('\n'),
  );
  write('wrong.yml', '- hosts: all\n  tasks:\n    - {debug: {msg: x}, whan: true}\n');
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const play = (...args: readonly string[]) => runCli(['ansible-playbook', ...args], { cwd });

describe('a call in the words of ansible-playbook', () => {
  it('goes on without a source of the inventory that is not there, with localhost alone', async () => {
    write(
      'local.yml',
      '- {hosts: localhost, gather_facts: no, tasks: [{debug: {msg: here}}, {meta: noop}]}\n',
    );
    const { code, stdout, stderr } = await play('local.yml', '-i', 'nowhere');
    expect(code).toBe(0);
    expect(stderr).toContain(`[WARNING]: Unable to parse ${join(cwd, 'nowhere')} as an inventory source`);
    expect(stdout).toContain('"msg": "here"');
    expect(stdout).toContain('localhost                  : ok=1 ');
  });

  it('runs with the inventory of ansible.cfg and prints in the default form', async () => {
    const { code, stdout } = await play('site.yml', '-l', 'web1', '-e', 'word=hi');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      '',
      `PLAY [Web] ${'*'.repeat(69)}`,
      '',
      `TASK [say] ${'*'.repeat(69)}`,
      'ok: [web1] => {',
      '    "msg": "hi"',
      '}',
      '',
      `TASK [change] ${'*'.repeat(66)}`,
      'changed: [web1]',
      '',
      `TASK [end] ${'*'.repeat(69)}`,
      'skipping: [web1]',
      '',
      `RUNNING HANDLER [told] ${'*'.repeat(57)}`,
      'ok: [web1] => {',
      '    "msg": "told"',
      '}',
      '',
      `PLAY RECAP ${'*'.repeat(69)}`,
      'web1                       : ok=3    changed=1    unreachable=0    failed=0    skipped=1    rescued=0    ignored=0   ',
      '',
      '',
    ]);
  });

  it('ends with 2 where a task failed, and runs the handlers that ansible.cfg forces', async () => {
    const { code, stdout } = await play('site.yml', '-e', 'fails=yes', '--limit', 'web2');
    expect(code).toBe(2);
    expect(stdout).toContain('fatal: [web2]: FAILED! => {"changed": false, "msg": "enough"}');
    expect(stdout).toContain('RUNNING HANDLER [told]');
  });

  it('lists hosts, tasks and tags, and checks the syntax', async () => {
    expect((await play('site.yml', '--list-hosts')).stdout).toBe(
      "\nplaybook: site.yml\n\n  play #1 (all): Web\tTAGS: []\n    pattern: ['all']\n    hosts (2):\n      web1\n      web2\n",
    );
    expect((await play('site.yml', '--list-tasks')).stdout).toContain(
      '    tasks:\n      say\tTAGS: [a, b]\n',
    );
    expect((await play('site.yml', '--list-tags')).stdout).toContain('      TASK TAGS: [a, b]\n');
    expect((await play('site.yml', '--syntax-check')).stdout).toBe('\nplaybook: site.yml\n');
  });

  it("ends with Ansible's codes for wrong files and wrong words", async () => {
    const wrong = await play('wrong.yml');
    expect(wrong.code).toBe(4);
    expect(wrong.stderr).toMatch(/^ERROR! /);
    expect(wrong.stderr).toContain('did you mean "when"');
    expect(await play('site.yml', '--nonsense')).toMatchObject({ code: 2 });
    expect(await play('site.yml', '-f', 'none')).toMatchObject({ code: 2 });
    expect(await play('--version')).toMatchObject({ code: 0 });
  });

  it('changes nothing with --check, and takes the variables of Ansible', async () => {
    const { code, stdout } = await runCli(['ansible-playbook', '-C', 'site.yml'], {
      cwd,
      env: { ANSIBLE_INVENTORY: 'web9,', ANSIBLE_SKIP_TAGS: 'a' },
    });
    expect(code).toBe(0);
    expect(stdout).toContain('web9                       : ok=0    changed=0');
    expect(stdout).not.toContain('TASK [say]');
  });
});
