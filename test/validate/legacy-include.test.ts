import { afterEach, describe, expect, it } from 'vitest';
import { stepTitle } from '../../src/model/plan.ts';
import { plantProject, type RoleProject } from '../support/role-project.ts';

let project: RoleProject | undefined;
afterEach(() => project?.remove());

async function planned(files: Readonly<Record<string, string>>) {
  project = plantProject(files);
  return project.plan();
}

function play(steps: string): string {
  return `- hosts: localhost\n  gather_facts: false\n  tasks:\n${steps}`;
}

describe('include in a list of plays', () => {
  it('is read before the run where its name is plain', async () => {
    const plan = await planned({
      'site.yml': play('    - include: a.yml\n      tags: t\n      when: x is defined\n'),
      'a.yml': '- name: a\n  ping:\n',
    });

    expect(plan.steps.filter(({ section }) => section !== 'handlers').map(stepTitle)).toEqual(['a']);
    expect(plan.steps[0]?.keywords).toMatchObject({ tags: ['t'], when: ['x is defined'] });
  });

  it('lends its words as variables that registered ones hide, and its vars as ones that hide these', async () => {
    const plan = await planned({
      'site.yml': play('    - include: a.yml b={{ b }} c=1\n      vars: {d: 2}\n'),
      'a.yml': '- name: a\n  ping:\n',
    });

    const layers = plan.steps[0]?.layers ?? [];
    expect(layers.find(({ source }) => source === 'block')?.values).toEqual({ b: '{{ b }}', c: '1' });
    expect(layers.find(({ source }) => source === 'include-params')?.values).toEqual({ d: 2 });
  });

  it('brings handlers that steps may notify', async () => {
    const plan = await planned({
      'site.yml': `${play('    - ping:\n      notify: later\n')}  handlers:\n    - include: more.yml\n`,
      'more.yml': '- name: later\n  ping:\n',
    });

    expect(plan.plays[0]?.handlers.map((index) => plan.steps[index]?.name)).toEqual(['later']);
  });

  it.each([
    ['a templated name', "    - include: '{{ which }}.yml'\n"],
    ['a loop', '    - include: a.yml\n      with_items: [1, 2]\n'],
  ])('is read when it is reached where it has %s', async (_, steps) => {
    const plan = await planned({ 'site.yml': play(steps), 'a.yml': '- name: a\n  ping:\n' });

    expect(plan.steps[0]?.action).toMatchObject({ type: 'module', module: 'include' });
  });
});
