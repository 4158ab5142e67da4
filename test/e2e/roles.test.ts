import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

const files: Readonly<Record<string, string>> = {
  'site.yml': `
- hosts: localhost
  connection: local
  gather_facts: false
  vars: {colour: red}
  roles:
    - {role: app, size: 3, vars: {level: high}, tags: [app]}
    - {role: app, size: 3, vars: {level: high}, tags: [app]}
  tasks:
    - import_tasks: tasks/own.yml
      vars: {given: yes}
    - debug: {msg: "play sees {{ shape }} and {{ kind }} of {{ ansible_play_role_names | join }}"}
    - meta: flush_handlers
    - debug: {msg: "after the handlers"}
`,
  'tasks/own.yml':
    '- copy: {src: beside.txt, dest: "{{ out }}/beside"}\n- debug: {msg: "given {{ given }}"}\n',
  'tasks/files/beside.txt': 'beside the file\n',
  'roles/app/defaults/main.yml': 'colour: blue\nshape: round\nsize: 1\nlevel: low\n',
  'roles/app/vars/main.yml': 'kind: web\nlevel: middle\n',
  'roles/app/meta/main.yml': 'dependencies: [{role: base, who: "{{ size }}"}]\n',
  'roles/app/meta/argument_specs.yml': `
argument_specs:
  main:
    short_description: An app
    options:
      size: {type: int, required: true}
      kind: {choices: [web, mail]}
`,
  'roles/app/templates/app.j2':
    '{{ role_name }} {{ colour }} {{ shape }} {{ size }} {{ level }} {{ kind }}\n',
  'roles/app/files/note.txt': 'of the role\n',
  'roles/app/tasks/main.yml': `
- name: conf
  template: {src: app.j2, dest: "{{ out }}/app"}
  notify: restart
- copy: {src: note.txt, dest: "{{ out }}/note"}
  notify: "app : reload"
- import_tasks: more.yml
- debug: {msg: "{{ lookup('file', 'note.txt') }}"}
`,
  'roles/app/tasks/more.yml': '- {name: more, debug: {msg: "in {{ role_path | basename }}"}}\n',
  'roles/app/handlers/main.yml': `
- {name: restart, debug: {msg: "restart {{ size }} {{ kind }}"}}
- {name: reload, debug: {msg: "reload"}}
`,
  'roles/base/tasks/main.yml':
    '- debug: {msg: "base for {{ who }} of {{ ansible_parent_role_names | join }}"}\n',
  'wrong.yml': `
hosts: localhost
connection: local
steps:
  - import_role: {name: app}
    vars: {size: big, out: /nowhere}
`,
};

interface StepEvent {
  readonly type: string;
  readonly step?: string;
  readonly outcome?: string;
  readonly msg?: string;
}

describe('roles and imported files on this machine', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'live-roles-'));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    mkdirSync(join(folder, 'out'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function apply(playbook: string, args: readonly string[] = []) {
    const out = join(folder, 'out');
    const result = await runCli(['apply', playbook, '--output', 'jsonl', '-e', `out=${out}`, ...args], {
      cwd: folder,
    });
    const lines = result.stdout.trim().split('\n');
    const events = lines.map((line) => JSON.parse(line) as StepEvent);
    const steps = events.filter(({ type }) => type === 'step-finished');
    return { ...result, steps };
  }

  it('run once for equal uses, after what they depend on, with their variables, files and handlers', async () => {
    const { code, steps, stderr } = await apply('site.yml');

    expect(`${code} ${stderr}`).toBe('0 ');
    expect(steps.map(({ step, outcome, msg }) => [step, outcome, msg ?? ''].join(' | '))).toEqual([
      'base : debug | ok | base for 3 of app',
      'app : Validating arguments against arg spec "main" - An app | ok | The arg spec validation passed',
      'app : conf | changed | ',
      'app : copy | changed | ',
      'app : more | ok | in app',
      'app : debug | ok | of the role',
      'copy | changed | ',
      'debug | ok | given True',
      'debug | ok | play sees round and web of app',
      'app : restart | ok | restart 3 web',
      'app : reload | ok | reload',
      'debug | ok | after the handlers',
    ]);
    expect(readFileSync(join(folder, 'out', 'app'), 'utf8')).toBe('app red round 3 high web\n');
    expect(readFileSync(join(folder, 'out', 'note'), 'utf8')).toBe('of the role\n');
    expect(readFileSync(join(folder, 'out', 'beside'), 'utf8')).toBe('beside the file\n');
  });

  it('change nothing a second time, and are selected by the tags of their entry', async () => {
    const { code, steps } = await apply('site.yml', ['--tags', 'app']);

    expect(code).toBe(0);
    expect(steps.map(({ outcome }) => outcome)).not.toContain('changed');
    expect(steps.every(({ step }) => step?.includes(' : '))).toBe(true);
  });

  it('fail with what is wrong with their arguments, before their first step', async () => {
    const { code, steps } = await apply('wrong.yml');
    const failed = steps.find(({ outcome }) => outcome === 'failed');

    expect(code).toBe(2);
    expect(failed?.msg).toContain('"size": expected a whole number, found "big"');
    expect(steps.find(({ step }) => step === 'app : conf')?.outcome).toBe('cancelled');
  });

  it('are listed with their names, tags and files', async () => {
    const listed = await runCli(['apply', 'site.yml', '--list-steps', '-e', 'out=/x'], { cwd: folder });

    expect(listed.stdout).toContain('app : conf  [app]');
    expect(listed.stdout.match(/app : conf/g)).toHaveLength(1);
  });
});
