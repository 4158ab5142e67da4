import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'runbook-lists-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(playbook: string, ...args: string[]) {
  writeFileSync(join(folder, 'hosts.ini'), 'a ansible_connection=local\nb ansible_connection=local\n');
  writeFileSync(join(folder, 'play.yml'), playbook);
  return runCli(['apply', '-i', 'hosts.ini', 'play.yml', ...args], { cwd: folder });
}

it('a list of plays has templates in what decides on its plan, and variables in the old form of a list', async () => {
  const { code, stdout, stderr } = await run(
    `
- hosts: a
  gather_facts: "{{ wants_facts }}"
  strategy: "{{ way | default('linear') }}"
  order: "{{ 'sorted' }}"
  vars:
    - wants_facts: false
    - word: first
    - word: last
  tasks:
    - assert: {that: [word == 'last', ansible_hostname is not defined]}
      run_once: "{{ wants_facts | bool }}"
`,
    '-e',
    'way=free',
  );
  expect(code, stdout + stderr).toBe(0);
});

it('facts are gathered where the environment of the play reads some of them', async () => {
  const { code, stdout, stderr } = await run(`
- hosts: a
  environment: {WORD: known, OTHER: "{{ ansible_env.HOME }}/x"}
  tasks:
    - command: printenv OTHER
      register: printed
    - assert:
        that: [ansible_env.WORD == 'known', printed.stdout == ansible_env.HOME ~ '/x']
`);
  expect(code, stdout + stderr).toBe(0);
});

it('a delegated step sees its delegate, and a step that was left out registers that it was', async () => {
  const { code, stdout, stderr } = await run(`
- hosts: a
  gather_facts: false
  tasks:
    - assert:
        that: ["ansible_delegated_vars['b'].inventory_hostname == 'a'", "ansible_delegated_vars.b.ansible_connection == 'local'"]
      delegate_to: b
    - command: "false"
      when: false
      register: left
    - block:
        - command: "false"
          register: inner
      when: false
    - assert: {that: [left is skipped, inner is skipped, left is not changed]}
`);
  expect(code, stdout + stderr).toBe(0);
});
