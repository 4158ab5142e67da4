import { afterEach, describe, expect, it } from 'vitest';
import { type Plan, stepTitle } from '../../src/model/plan.ts';
import { plantProject, type RoleProject } from '../support/role-project.ts';

let project: RoleProject | undefined;
afterEach(() => project?.remove());

function plant(files: Readonly<Record<string, string>>): RoleProject {
  project = plantProject(files);
  return project;
}

const head = 'hosts: localhost\ngather_facts: false\n';
const ping = (name: string) => `- {name: ${name}, ping: }`;

function titles(plan: Plan): readonly string[] {
  return plan.steps.filter((step) => step.section !== 'handlers').map(stepTitle);
}

describe('roles', () => {
  it('run after pre_tasks and before the steps, each with its name before that of its steps', async () => {
    const plan = await plant({
      'site.yml': `${head}pre_tasks: [{name: pre, ping: }]\nroles: [a, {role: b}]\nsteps: [{name: own, ping: }]`,
      'roles/a/tasks/main.yml': '- ping:',
      'roles/b/tasks/main.yaml': ping('hello'),
    }).plan();

    expect(titles(plan)).toEqual(['pre', 'a : ping', 'b : hello', 'own']);
    expect(plan.steps[1]?.origin?.roles.map(({ name }) => name)).toEqual(['a']);
  });

  it('lend tags, conditions and parameters to their steps and handlers', async () => {
    const plan = await plant({
      'site.yml': `${head}roles: [{role: a, tags: t, when: x is defined, size: 3, vars: {x: 1}}]`,
      'roles/a/tasks/main.yml': '- {command: x, notify: h}',
      'roles/a/handlers/main.yml': ping('h'),
    }).plan();

    for (const step of plan.steps) {
      expect(step.keywords).toMatchObject({ tags: ['t'], when: ['x is defined'] });
      expect(step.layers.map(({ source, values }) => [source, values['size'] ?? values['x']])).toEqual([
        ['role-vars', 1],
        ['role-params', 3],
        ['magic', undefined],
      ]);
    }
    expect(plan.steps.map(({ section }) => section)).toEqual(['steps', 'handlers']);
  });

  it('show their defaults and vars to the whole play', async () => {
    const plan = await plant({
      'site.yml': `${head}roles: [a]\nsteps: [{debug: {msg: "{{ d }} {{ v }}"}}]`,
      'roles/a/defaults/main/1.yml': 'd: 1',
      'roles/a/vars/main.yml': 'v: 2',
    }).plan();

    expect(plan.plays[0]?.layers.map(({ source }) => source)).toEqual([
      'role-defaults',
      'role-vars',
      'magic',
    ]);
  });

  it('run what they depend on before, once for equal uses, and with what lends to them', async () => {
    const plan = await plant({
      'site.yml': `${head}roles: [{role: a, tags: one}, {role: b, tags: two}]`,
      'roles/a/meta/main.yml': 'dependencies: [{role: c, x: 1}]',
      'roles/b/meta/main.yml': 'dependencies: [{role: c, x: 1}, {role: c, x: 2}]',
      'roles/a/tasks/main.yml': ping('a'),
      'roles/b/tasks/main.yml': ping('b'),
      'roles/c/tasks/main.yml': ping('c'),
    }).plan();

    expect(plan.steps.map((step) => `${stepTitle(step)} ${step.keywords.tags?.join()}`)).toEqual([
      'c : c one',
      'a : a one',
      'c : c two',
      'b : b two',
    ]);
  });

  it('run again where the selection left an equal use out', async () => {
    const found = plant({
      'site.yml': `${head}roles: [{role: a, tags: one}, {role: b, tags: two}]`,
      'roles/a/meta/main.yml': 'dependencies: [c]',
      'roles/b/meta/main.yml': 'dependencies: [c]',
      'roles/b/tasks/main.yml': ping('b'),
      'roles/c/tasks/main.yml': ping('c'),
    });
    const plan = await found.plan({ selection: { tags: ['two'], skipTags: [], assumeSet: [] } });

    expect(titles(plan)).toEqual(['c : c', 'b : b']);
  });

  it('run on those hosts where an equal use before was not to run', async () => {
    const plan = await plant({
      'site.yml': `${head}roles: [{role: a, when: x is defined}, b]`,
      'roles/a/meta/main.yml': 'dependencies: [c]',
      'roles/b/meta/main.yml': 'dependencies: [c]',
      'roles/c/tasks/main.yml': ping('c'),
    }).plan();

    expect(plan.steps.map(({ keywords }) => keywords.when)).toEqual([
      ['x is defined'],
      ['not ((x is defined))'],
    ]);
  });

  it('run for each equal use where they allow duplicates', async () => {
    const plan = await plant({
      'site.yml': `${head}roles: [a, a]`,
      'roles/a/meta/main.yml': 'allow_duplicates: yes',
      'roles/a/tasks/main.yml': ping('a'),
    }).plan();

    expect(titles(plan)).toEqual(['a : a', 'a : a']);
  });

  it('are found in collections and in configured folders', async () => {
    const plan = await plant({
      'site.yml': `${head}roles: [n.s.web, shared, ./here]`,
      'collections/ansible_collections/n/s/roles/web/tasks/main.yml': ping('w'),
      'collections/ansible_collections/n/s/roles/web/meta/main.yml': 'dependencies: [base]',
      'collections/ansible_collections/n/s/roles/base/tasks/main.yml': ping('b'),
      'elsewhere/shared/tasks/main.yml': ping('s'),
      'here/tasks/main.yml': ping('h'),
    }).plan({ env: { ANSIBLE_ROLES_PATH: 'elsewhere' } });

    expect(titles(plan)).toEqual(['n.s.base : b', 'n.s.web : w', 'shared : s', 'here : h']);
  });

  it('are found by short names in the collections that a play, a block or a step names', async () => {
    const role = (name: string) => `collections/ansible_collections/n/s/roles/${name}/tasks/main.yml`;
    const plan = await plant({
      'site.yml': `- ${head.replace('\n', '\n  ')}  collections: [n.s]\n  roles: [web]\n- ${head.replace('\n', '\n  ')}  tasks:\n    - {import_role: {name: web}, collections: n.s}\n    - block: [{import_role: {name: web}}]\n      collections: [n.s]\n    - import_role: {name: web}\n`,
      [role('web')]: ping('w'),
      'roles/web/tasks/main.yml': ping('own'),
    }).plan();

    expect(titles(plan)).toEqual(['n.s.web : w', 'n.s.web : w', 'n.s.web : w', 'web : own']);
  });

  it('look in the collections of their own meta, and not in those of the play', async () => {
    const files = {
      'site.yml': `- ${head.replace('\n', '\n  ')}  collections: [n.s]\n  roles: [own]\n`,
      'collections/ansible_collections/n/s/roles/web/tasks/main.yml': ping('w'),
      'roles/own/tasks/main.yml': '- import_role: {name: web}',
    };

    expect(await plant(files).problems()).toEqual([
      'roles/own/tasks/main.yml:1:23 RB101 no role is named "web"',
    ]);
    project?.remove();
    const plan = await plant({ ...files, 'roles/own/meta/main.yml': 'collections: [n.s]' }).plan();
    expect(titles(plan)).toEqual(['n.s.web : w']);
  });

  it('and steps find modules in Python by short names there too', async () => {
    const plan = await plant({
      'site.yml': `- ${head.replace('\n', '\n  ')}  collections: [n.s]\n  tasks: [{say: }, {action: say}, {ping: }]\n`,
      'collections/ansible_collections/n/s/plugins/modules/say.py': '# says',
    }).plan();

    const modules = plan.steps.map(({ action }) => (action.type === 'module' ? action.module : action.type));
    expect(modules).toEqual(['n.s.say', 'n.s.say', 'ping']);
  });

  it('show the vars beside their names to a whole play of Ansible, and keep them in a native one', async () => {
    const roles = { 'roles/a/tasks/main.yml': ping('a') };
    const text = 'roles: [{role: a, vars: {x: 1}}]';
    const seen = async (site: string) => {
      project?.remove();
      const { plays } = await plant({ ...roles, 'site.yml': site }).plan();
      return plays[0]?.layers.some(({ values }) => values['x'] === 1);
    };

    expect(await seen(`- {hosts: localhost, gather_facts: false, ${text}}`)).toBe(true);
    expect(await seen(`${head}${text}`)).toBe(false);
  });

  it('that are included without a title have one with their name in plays of Ansible', async () => {
    const plan = await plant({
      'site.yml': '- {hosts: localhost, gather_facts: false, roles: [a], tasks: [{include_role: {name: b}}]}',
      'roles/a/tasks/main.yml': '- include_role: {name: b}',
    }).plan();

    expect(titles(plan)).toEqual(['include_role : b', 'include_role : b']);
  });

  it('are told when they are not there, with the nearest name', async () => {
    const found = await plant({
      'site.yml': `${head}roles: [commn, {tags: x}, 3]\nsteps: [{import_role: {name: common, tasks_from: instal}}]`,
      'roles/common/tasks/install.yml': ping('x'),
    }).problems();

    expect(found).toEqual([
      'site.yml:3:9 RB101 no role is named "commn" — did you mean "common"?',
      'site.yml:3:16 RB203 "role" is missing: which role?',
      'site.yml:3:27 RB202 expected a role, which is a name or a mapping with "role", found a number',
      'site.yml:4:30 RB101 the role common has no file "instal" in tasks — did you mean "install"?',
    ]);
  });

  it('are refused where they depend on themselves', async () => {
    const found = await plant({
      'site.yml': `${head}roles: [a]`,
      'roles/a/meta/main.yml': 'dependencies: [b]',
      'roles/b/meta/main.yml': 'dependencies: [a]',
    }).problems();

    expect(found).toEqual(['roles/b/meta/main.yml:1:16 RB113 files bring each other in a circle: a → b → a']);
  });

  it('tell what is wrong in their files, and in their specifications of arguments', async () => {
    const found = await plant({
      'site.yml': `- hosts: localhost\n  roles: [a]`,
      'roles/a/tasks/main.yml': '- {ping: , notify: nobody}',
      'roles/a/defaults/main.yml': '- x',
      'roles/a/meta/argument_specs.yml': 'argument_specs: {main: {options: {port: {type: number}}}}',
    }).problems();

    expect(found.map((line) => line.replace(/ .*/, ''))).toEqual([
      'roles/a/defaults/main.yml:1:1',
      'roles/a/meta/argument_specs.yml:1:48',
      'roles/a/tasks/main.yml:1:20',
    ]);
  });

  it('are imported among the steps, their handlers behind those of the play', async () => {
    const plan = await plant({
      'site.yml': `${head}steps:\n  - block: [{import_role: {name: a, tasks_from: other.yml}}]\n    become: true\nhandlers: [{name: h, ping: }]`,
      'roles/a/tasks/other.yml': '- {name: x, command: x, notify: [h, "a : g"]}',
      'roles/a/handlers/main.yml': '[{name: h, ping: }, {name: g, ping: }]',
    }).plan();

    expect(titles(plan)).toEqual(['a : x']);
    const handlers = plan.plays[0]?.handlers.map((index) => plan.steps[index]) ?? [];
    expect(handlers.map((step) => [step?.name, step?.keywords.become])).toEqual([
      ['h', undefined],
      ['a : h', true],
      ['a : g', true],
    ]);
  });
});
