import { afterEach, describe, expect, it } from 'vitest';
import { stepTitle } from '../../src/model/plan.ts';
import { plantProject, type RoleProject } from '../support/role-project.ts';

let project: RoleProject | undefined;
afterEach(() => project?.remove());

function plant(files: Readonly<Record<string, string>>): RoleProject {
  project = plantProject(files);
  return project;
}

async function titles(files: Readonly<Record<string, string>>, request = {}): Promise<readonly string[]> {
  const plan = await plant(files).plan(request);
  return plan.steps.filter((step) => step.section !== 'handlers').map(stepTitle);
}

const head = 'hosts: localhost\ngather_facts: false\n';

describe('import_tasks', () => {
  it('puts the steps of a file, and of files beside it, in its place', async () => {
    const found = await titles({
      'site.yml': `${head}steps:\n  - {name: a, ping: }\n  - import_tasks: sub/b.yml\n  - {name: d, ping: }`,
      'sub/b.yml': '- {name: b, ping: }\n- ansible.builtin.import_tasks: {file: c.yml}',
      'sub/c.yml': '- {name: c, ping: }',
    });

    expect(found).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lends its keywords and variables to each step', async () => {
    const plan = await plant({
      'site.yml': `${head}steps:\n  - {import_tasks: b.yml, when: x is defined, tags: t, become: true, vars: {x: 1}}`,
      'b.yml': '- {name: b, ping: , when: y is defined, tags: u}',
    }).plan();

    expect(plan.steps[0]?.keywords).toMatchObject({
      when: ['x is defined', 'y is defined'],
      tags: ['t', 'u'],
      become: true,
    });
    expect(plan.steps[0]?.layers.map(({ source }) => source)).toEqual(['magic', 'block']);
  });

  it('is a block of its own where something waits for it', async () => {
    const plan = await plant({
      'site.yml': `${head}steps:\n  - {id: b, import_tasks: b.yml}\n  - {ping: , needs: b}`,
      'b.yml': '- ping:',
    }).plan();

    expect(plan.blocks.map(({ id }) => id)).toEqual(['b']);
  });

  it('renders its name with what is known before the run', async () => {
    const files = {
      'site.yml': `${head}params: {os: {type: string, default: b}}\nvars: {kind: '{{ os }}'}\nsteps:\n  - import_tasks: '{{ kind }}.yml'`,
      'b.yml': '- {name: b, ping: }',
      'c.yml': '- {name: c, ping: }',
    };

    expect(await titles(files)).toEqual(['b']);
    expect(await titles(files, { extraVars: ['os=c'] })).toEqual(['c']);
  });

  it('is refused where its name is known only in the run', async () => {
    const found = await plant({
      'site.yml': `${head}steps:\n  - import_tasks: '{{ ansible_os_family }}.yml'`,
    });
    const [problem] = await found.problems();

    expect(problem).toMatch(/^site\.yml:4:19 RB215 the name "\{\{ ansible_os_family \}\}\.yml" is not known/);
  });

  it('tells all mistakes of all files at their own places', async () => {
    const found = await plant({
      'site.yml': `${head}steps:\n  - import_tasks: b.yml\n  - {import_tasks: b.yml, loop: [1]}\n  - import_tasks: bb.yml\n  - import_tasks: map.yml\n  - import_tasks: play.yml\n  - {import_tasks: b.yml, wehn: x}`,
      'b.yml': '- pnig:\n- {ping: , tasg: x}',
      'map.yml': 'a: 1',
      'play.yml': '- hosts: all',
    }).problems();

    expect(found).toEqual([
      'site.yml:5:27 RB207 "loop" and "import_tasks" exclude each other: an import is read before the run, once',
      'site.yml:6:19 RB101 cannot read bb.yml: there is no such file — did you mean "b.yml"?',
      'site.yml:9:27 RB201 "wehn" is no keyword of an import — did you mean "when"?',
      'b.yml:1:3 RB204 no module is named "pnig" — did you mean "ping"?',
      'b.yml:2:12 RB201 "tasg" is no keyword of a step — did you mean "tags"?',
      'map.yml:1:1 RB202 expected a list of steps, found a mapping',
      'play.yml:1:3 RB202 expected a list of steps, found a play',
    ]);
  });

  it('is refused where files lead back to themselves, with each place', async () => {
    const found = await plant({
      'site.yml': `${head}steps:\n  - import_tasks: b.yml`,
      'b.yml': '- import_tasks: c.yml',
      'c.yml': '- import_tasks: b.yml',
    }).problems();

    expect(found).toEqual(['c.yml:1:17 RB113 files bring each other in a circle: b.yml → c.yml → b.yml']);
  });

  it('is refused outside the project', async () => {
    const found = await plant({
      'site.yml': `${head}steps:\n  - import_tasks: /etc/passwd`,
    }).problems();

    expect(found).toEqual([
      expect.stringMatching(/^site\.yml:4:19 RB112 the file \/etc\/passwd lies outside/),
    ]);
  });

  it('takes the steps of a file as handlers among handlers', async () => {
    const plan = await plant({
      'site.yml': `${head}steps:\n  - {command: x, notify: h}\nhandlers:\n  - import_tasks: handlers.yml`,
      'handlers.yml': '- {name: h, ping: }',
    }).plan();

    expect(plan.plays[0]?.handlers.map((index) => plan.steps[index]?.name)).toEqual(['h']);
  });

  it('finds a file by a name with the folder of the playbook', async () => {
    const found = await titles({
      'site.yml': `${head}steps:\n  - import_tasks: "{{ playbook_dir }}/sub/b.yml"`,
      'sub/b.yml': '- {name: b, ping: }',
    });

    expect(found).toEqual(['b']);
  });
});
