import { afterEach, describe, expect, it } from 'vitest';
import { plantProject, type RoleProject } from '../support/role-project.ts';

let project: RoleProject | undefined;
afterEach(() => project?.remove());

function plant(files: Readonly<Record<string, string>>): RoleProject {
  project = plantProject(files);
  return project;
}

const head = '- hosts: localhost\n  gather_facts: false\n';

describe('a playbook imported from another folder', () => {
  it('lets its steps look for sources beside it', async () => {
    const { folder, plan } = plant({
      'site.yml': '- import_playbook: sub/web.yml\n',
      'sub/web.yml': `${head}  tasks:\n    - copy: {src: a, dest: /tmp/a}\n`,
    });

    expect((await plan()).steps[0]?.origin?.folders).toEqual([`${folder}/sub`]);
  });

  it('finds modules in the library beside it', async () => {
    const { plan } = plant({
      'site.yml': '- import_playbook: sub/web.yml\n',
      'sub/web.yml': `${head}  tasks:\n    - greet:\n`,
      'sub/library/greet.py': '#!/usr/bin/python\n',
    });

    expect((await plan()).steps[0]?.action).toMatchObject({ type: 'module', module: 'greet' });
  });
});

describe('import_role in a list of plays', () => {
  it('may say by a template whether it runs again', async () => {
    const use = '    - import_role: {name: web, allow_duplicates: "{{ false | bool }}"}\n';
    const plan = await plant({
      'site.yml': `${head}  tasks:\n${use}${use}`,
      'roles/web/tasks/main.yml': '- ping:\n',
    }).plan();

    expect(plan.steps.filter(({ section }) => section === 'steps')).toHaveLength(1);
  });

  it('finds a task file of its handlers by its path in the role', async () => {
    const plan = await plant({
      'site.yml': `${head}  tasks:\n    - import_role: {name: web}\n`,
      'roles/web/handlers/main.yml': '- import_tasks: tasks/later.yml\n',
      'roles/web/tasks/later.yml': '- name: later\n  ping:\n',
    }).plan();

    expect(plan.plays[0]?.handlers.map((index) => plan.steps[index]?.name)).toEqual(['web : later']);
  });
});

describe('import_tasks', () => {
  it('tells keys that are no options of it', async () => {
    const problems = await plant({
      'site.yml': `${head}  tasks:\n    - import_tasks: {file: a.yml, apply: {tags: t}}\n`,
      'a.yml': '- ping:\n',
    }).problems();

    expect(problems.join('\n')).toContain('RB201 Invalid options for import_tasks: apply');
  });
});

describe('keywords of a step on an import in a list of plays', () => {
  it('are accepted and have no effect, which a warning says', async () => {
    const files = {
      'site.yml': `${head}  tasks:\n    - {import_tasks: a.yml, register: r, until: r is ok, tags: t}\n`,
      'a.yml': '- ping:\n',
    };
    const planted = plant(files);
    const { keywords } = (await planted.plan()).steps[0] ?? {};
    expect([keywords?.register, keywords?.until, keywords?.tags]).toEqual([undefined, undefined, ['t']]);
    expect(await planted.warnings()).toEqual([
      expect.stringContaining('RB201 "register" of an import has no effect'),
      expect.stringContaining('RB201 "until" of an import has no effect'),
    ]);
  });
});

describe('import_playbook', () => {
  it('refuses a templated name, and leaves no play out in silence', async () => {
    const problems = await plant({
      'site.yml': `- import_playbook: "{{ which }}.yml"\n${head}  tasks:\n    - ping:\n`,
    }).problems();

    expect(problems).toEqual([expect.stringContaining('RB215 the name "{{ which }}.yml"')]);
  });
});

describe('add_host in a list of plays', () => {
  it('takes any text, which fails the step when it is reached', async () => {
    const plan = await plant({ 'site.yml': `${head}  tasks:\n    - add_host: nameweb\n` }).plan();

    expect(plan.steps[0]?.action).toMatchObject({ module: 'add_host', paramsTemplate: 'nameweb' });
  });
});

describe('notify in a list of plays', () => {
  it('may name a handler that is not there, as the step may never change anything', async () => {
    const files = { 'site.yml': `${head}  tasks:\n    - {ping: , notify: nobody}\n` };

    expect((await plant(files).plan()).steps.length).toBeGreaterThan(0);
  });
});
