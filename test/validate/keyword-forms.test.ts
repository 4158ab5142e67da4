import { afterEach, describe, expect, it } from 'vitest';
import { plantProject, type RoleProject } from '../support/role-project.ts';

let project: RoleProject | undefined;
afterEach(() => project?.remove());

function plant(files: Readonly<Record<string, string>>): RoleProject {
  project = plantProject(files);
  return project;
}

const head = 'hosts: localhost\ngather_facts: false\n';

describe('a block among handlers', () => {
  it('gives its keywords to each handler within', async () => {
    const plan = await plant({
      'site.yml': `${head}steps:\n  - {command: x, notify: [h, i]}\nhandlers:\n  - when: go is defined\n    become: true\n    block:\n      - {name: h, ping: }\n      - {name: x, listen: i, ping: , when: two is defined}`,
    }).plan();

    const handlers = plan.plays[0]?.handlers.map((index) => plan.steps[index]) ?? [];
    expect(handlers.map((step) => [step?.name, step?.keywords.when, step?.keywords.become])).toEqual([
      ['h', ['go is defined'], true],
      ['x', ['go is defined', 'two is defined'], true],
    ]);
  });

  it('takes no rescue', async () => {
    const found = await plant({
      'site.yml': `${head}steps: []\nhandlers:\n  - block:\n      - {name: h, ping: }\n    rescue:\n      - {name: i, ping: }`,
    }).problems();

    expect(found).toEqual([
      'site.yml:7:5 RB207 a block of handlers takes no "rescue": each handler runs by itself',
    ]);
  });
});

describe('an empty condition', () => {
  const task = '[{ping: , when: ""}]';

  it('holds in a play of Ansible, and is refused in a native one', async () => {
    const plan = await plant({
      'site.yml': `- {hosts: localhost, gather_facts: false, tasks: ${task}}`,
    }).plan();
    expect(plan.steps.map(({ keywords }) => keywords.when)).toEqual([undefined]);
    project?.remove();

    const found = await plant({ 'site.yml': `${head}steps: ${task}` }).problems();
    expect(found).toEqual(['site.yml:3:24 RB202 "when": must not be empty']);
  });
});

describe('throttle', () => {
  const written = (throttle: string, vars = 'few: 3') =>
    plant({
      'site.yml': `${head}vars: {${vars}}\nthrottle: "{{ few }}"\nsteps:\n  - {name: a, ping: }\n  - {name: b, ping: , throttle: "${throttle}", vars: {twice: 2}}`,
    });

  it('may be a template of what is known before the run, on plays and steps', async () => {
    const plan = await written('{{ twice * few }}').plan();

    expect(plan.steps.map((step) => step.keywords.throttle)).toEqual([3, 6]);
  });

  it('may read the groups of the inventory', async () => {
    const plan = await plant({
      'inventory.yml': 'hosts: {a: {}, b: {}, c: {}}\ngroups: {web: {hosts: [a, b]}}\n',
      'site.yml': 'hosts: all\nsteps:\n  - {ping: , throttle: "{{ groups.web | length }}"}\n',
    }).plan();

    expect(plan.steps[0]?.keywords.throttle).toBe(2);
  });

  it('is refused where the template tells no whole number, or reads what only a host knows', async () => {
    expect(await written('{{ twice / 4 }}').problems()).toEqual([
      'site.yml:7:33 RB202 "throttle": expected a whole number of at least 0, found 0.5',
    ]);
    expect(await written('{{ ansible_processor_vcpus }}').problems()).toEqual([
      expect.stringMatching(
        /^site.yml:7:33 RB202 "{{ ansible_processor_vcpus }}" must be known before the run/,
      ),
    ]);
  });
});

describe('a list of plays', () => {
  it('may call remote_user by its first name, user', async () => {
    const plan = await plant({
      'site.yml': '- {hosts: localhost, gather_facts: no, user: deploy, tasks: [{ping: }]}',
    }).plan();

    expect(plan.steps[0]?.keywords.remoteUser).toBe('deploy');
  });
});
